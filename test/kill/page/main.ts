// A tab of the kill matrix: a runner on the database, the operations it is told to do, and what is there, read raw.

import { createRunner, ErrandError, type Notice, type Runner } from '../../../src/index.ts';
import { type Answer, type Burst, contentOf, DATABASE, type NewTask, type Op, type Opened } from '../protocol.ts';
import type { Report, Shown, Snapshot } from '../protocol.ts';
import { isThere, shortened, takeSnapshot } from './snapshot.ts';

const RESULT_MS = 700;

declare global {
  interface Window {
    /** Reports to Node. */
    report(report: Report): Promise<void>;
  }
}

/** What Node calls in the page: `window.kill`. */
export type KillPage = typeof kill;

let engine: Worker | undefined;
const notices: Notice[] = [];
const opening = open();
opening.catch(() => undefined);

async function open(): Promise<{ runner: Runner; opened: Opened }> {
  // No tab may open the database before the first of them has looked whether it is there.
  const wasThere = await isThere();
  void window.report(['there', wasThere]);
  void navigator.serviceWorker.register('/sw.js').catch(() => undefined);
  const runner = await createRunner({
    worker: () => (engine = new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' })),
    database: DATABASE,
  });
  runner.onNotice((notice) => notices.push(notice));
  return { runner, opened: { wasThere } };
}

const kill = {
  opened: async (): Promise<Opened> => (await opening).opened,
  notices,
  status: async () => (await opening).runner.status(),
  snapshot: (): Promise<Snapshot> => takeSnapshot(),
  work,
  endEngine(): void {
    engine?.terminate();
  },
  /** Terminates one of the leader's slots, whichever tab it belongs to. */
  terminateSlot(which: number): void {
    const channel = new BroadcastChannel('kill:terminate-slot');
    channel.postMessage(which);
    channel.close();
  },
  /** How many tasks are unfinished, and those of them that wait for a decision, as far as one page goes. */
  async unfinished(): Promise<{ count: number; undecided: string[] }> {
    const { runner } = await opening;
    const { pending, running } = await runner.stats();
    const { tasks } = await runner.list({ status: 'pending', limit: 1_000 });
    const undecided = tasks.flatMap((task) =>
      task.status === 'pending' && task.waitingFor.includes('decision') ? [task.id] : [],
    );
    return { count: pending + running, undecided };
  },
  /** The task, once it has ended or some time has passed. */
  resultOf: async (id: string): Promise<{ shown?: Shown }> => resultOf((await opening).runner, id),
  clearFinished: async () => (await opening).runner.clearFinished(),
  /** The text of a kept file, or why it cannot be had. */
  async textOf(file: string): Promise<string> {
    const { runner } = await opening;
    const opened = await runner.openFile(file).catch(String);
    return typeof opened === 'string' ? opened : opened.text();
  },
  close: async () => (await opening).runner.close(),
};
window.kill = kill;

async function work(bursts: readonly Burst[]): Promise<void> {
  const { runner } = await opening;
  const waits: Promise<void>[] = [];
  for (const { ops, pauseMs } of bursts) {
    const doing = ops.map((op) => ({ op, done: perform(runner, op) }));
    // Whoever waits for a result holds up nobody.
    waits.push(...doing.filter(({ op }) => op.kind === 'result').map(({ done }) => done));
    await Promise.all(doing.filter(({ op }) => op.kind !== 'result').map(({ done }) => done));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  await Promise.all(waits);
}

async function perform(runner: Runner, op: Op): Promise<void> {
  void window.report(['begin', op.key]);
  const answer = await answerOf(runner, op);
  await window.report(['done', op.key, answer]);
}

async function answerOf(runner: Runner, op: Op): Promise<Answer> {
  try {
    return { ok: true, ...(await outcomeOf(runner, op)) };
  } catch (error) {
    const code = error instanceof ErrandError ? error.code : 'not-ours';
    return { ok: false, code, message: String(error) };
  }
}

async function outcomeOf(runner: Runner, op: Op): Promise<{ ids?: string[]; created?: boolean[]; shown?: Shown }> {
  switch (op.kind) {
    case 'enqueue':
    case 'enqueue-again': {
      const handles = await Promise.all(op.tasks.map((task) => enqueue(runner, task)));
      return { ids: handles.map(({ id }) => id), created: handles.map(({ created }) => created) };
    }
    case 'enqueue-many': {
      const handles = await runner.enqueueMany(op.tasks.map((task) => ({ ...callOf(task) })));
      return { ids: handles.map(({ id }) => id), created: handles.map(({ created }) => created) };
    }
    case 'cancel':
      return { shown: shownOf(await runner.cancel(op.id)) };
    case 'retry':
      return { shown: shownOf(await runner.retry(op.id)) };
    case 'remove':
      await runner.remove(op.id);
      return {};
    case 'result':
      return resultOf(runner, op.id);
    case 'configure':
      await runner.configure({ maxConcurrent: op.slots });
      return {};
  }
}

async function resultOf(runner: Runner, id: string): Promise<{ shown?: Shown }> {
  const { task, finished } = await runner.wait(id, { timeoutMs: RESULT_MS });
  const whole = finished ? await runner.get(id) : task;
  return whole === undefined ? {} : { shown: shownOf(whole) };
}

function enqueue(runner: Runner, task: NewTask) {
  const { type, payload, options } = callOf(task);
  return runner.enqueue(type, payload, options);
}

function callOf({ name, ownId, type, size, priority, delayMs, parentId }: NewTask) {
  const text = type === 'kill.large' || type === 'kill.file' ? contentOf(name, size) : undefined;
  return {
    type,
    payload: {
      name,
      size,
      ...(type === 'kill.large' && { text }),
      ...(type === 'kill.file' && { file: new File([text ?? ''], `${name}.txt`) }),
    },
    options: {
      name,
      priority,
      ...(ownId && { id: name }),
      ...(delayMs !== undefined && { schedule: { at: Date.now() + delayMs } }),
      ...(parentId !== undefined && { parentId }),
    },
  };
}

function shownOf(task: Awaited<ReturnType<Runner['cancel']>>): Shown {
  const { version, status } = task;
  return task.status === 'completed' ? { version, status, result: shortened(task.result) } : { version, status };
}
