// From time to time everything is let run to its end: every task ends as its type says, what is decided by nobody is
// cancelled, files are what they were, and all that has ended is removed for good.

import type { Arena } from './arena.ts';
import { type Tab, TooLong } from './browser.ts';
import { lost, other, type Violation } from './check.ts';
import type { TaskState } from './ledger.ts';
import { reopen } from './opening.ts';
import { contentOf, type Op, type Snapshot, type TaskCells } from './protocol.ts';

const DRAIN_MS = 60_000;
const LOOK_AGAIN_MS = 100;
const MOST_FILES = 12;

export async function drain(arena: Arena): Promise<void> {
  const browser = arena.browser ?? (await reopen(arena, { damage: 'none' }, 1));
  const [tab] = browser.living;
  if (tab === undefined) throw new Error('There is no tab to drain from.');
  arena.reporter.story = {
    cycle: `${arena.state.backend.slice(0, 1)}${arena.state.kept.next}-drain`,
    kill: 'nothing killed',
  };
  await letEnd(arena, tab);
  await arena.check(tab, false);
  const snapshot = await tab.snapshot();
  await arena.reporter.tell([...endsIn(arena, snapshot), ...(await filesIn(tab, snapshot))]);
  await tab.clearFinished();
  await arena.reporter.tell(leftIn(await tab.snapshot()));
  arena.ledger.clear();
}

/** Resolves when nothing is unfinished. Rejects with `TooLong`. */
async function letEnd(arena: Arena, tab: Tab): Promise<void> {
  for (const end = Date.now() + DRAIN_MS; Date.now() < end;) {
    const { count, undecided } = await tab.unfinished();
    if (count === 0) return;
    const ops = undecided.map((id, i): Op => ({
      key: `d${arena.state.kept.next}-${i}-${Date.now()}`,
      kind: 'cancel',
      id,
    }));
    if (ops.length > 0) {
      arena.ledger.note({ kind: 'plan', ops });
      tab.work([{ ops, pauseMs: 0 }]);
      await tab.working;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  throw new TooLong(`running everything to its end takes longer than ${DRAIN_MS} ms`);
}

function endsIn({ ledger, state: { totals } }: Arena, { tasks }: Snapshot): Violation[] {
  return tasks.flatMap((row) => {
    const state = ledger.tasks.get(row.name);
    if (state === undefined || ledger.isForgotten(row.name)) return [];
    if (row.error === 'worker-crashed') totals.crashed += 1;
    const isRight = mayEndSo(state, row, (id) => ledger.byId(id));
    return isRight
      ? []
      : [other(`a task of ${row.type} ended as ${row.status} (${row.error ?? ''})`, row.name, { state, row })];
  });
}

type ById = (id: string) => TaskState | undefined;

function mayEndSo(state: TaskState, { status, type, error }: TaskCells, byId: ById): boolean {
  switch (status) {
    case 'completed':
      return type !== 'kill.hopeless';
    case 'failed':
      return type === 'kill.hopeless' || error === 'worker-crashed';
    case 'cancelled':
      return wasCancelAsked(state, byId);
    default:
      return false;
  }
}

/** For it, or for one that it is a part of; who deletes that cancels its parts. */
function wasCancelAsked({ cancelAsked, task }: TaskState, byId: ById): boolean {
  const parent = task.parentId === undefined ? undefined : byId(task.parentId);
  if (cancelAsked || parent === undefined) return cancelAsked;
  return parent.gone || parent.ops.some(({ op }) => op.kind === 'remove') || wasCancelAsked(parent, byId);
}

async function filesIn(tab: Tab, { tasks }: Snapshot): Promise<Violation[]> {
  const made = tasks.filter(({ type, status }) => type === 'kill.file' && status === 'completed').slice(0, MOST_FILES);
  const found = await Promise.all(
    made.map(async (row) => {
      const { artifact } = row.result as { artifact: string };
      const text = await tab.textOf(artifact);
      const isWhole = text.length > 0 && text === contentOf(row.name, text.length);
      return isWhole ? [] : [lost('an artifact is not what it was', row.name, { row, text: text.slice(0, 200) })];
    }),
  );
  return found.flat();
}

/** All has ended and was cleared away: what is still there outlived its removal. */
function leftIn({ tasks, owners, trashed }: Snapshot): Violation[] {
  // What was deleted a moment ago can be had back for a moment more.
  const orphans = (ids: string[]) => ids.filter((id) => !trashed.includes(id));
  return [
    ...tasks.map((row) => lost('a finished task outlived its removal', row.name, row)),
    ...Object.entries(owners)
      .map(([table, ids]) => ({ table, left: orphans(ids) }))
      .filter(({ left }) => left.length > 0)
      .map(({ table, left }) => other(`${table} has rows though there is no task`, undefined, left)),
  ];
}
