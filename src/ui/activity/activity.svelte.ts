// What happened: read off the changes of the unfinished tasks while the tab is open, and off the tasks themselves for what was
// before. Nothing is written for it, but when it was cleared last.

import type { Notice, Runner, TaskPage } from '../../runner/index.ts';
import { systemClock, type Task } from '../../task/index.ts';

export type ActivityKind =
  'enqueued' | 'started' | 'retrying' | 'interrupted' | 'completed' | 'failed' | 'cancelled' | 'removed' | 'notice';

/** One thing that happened: to one task, to several at once, or to the engine. */
export interface ActivityEntry {
  readonly key: number;
  readonly at: number;
  readonly kind: ActivityKind;
  readonly text: string;
  readonly taskId?: string;
  /** What went wrong. */
  readonly error?: string;
  /** How many tasks it stands for, where they came at once. */
  readonly many?: number;
}

interface Happening {
  kind: ActivityKind;
  task: Task;
}

const WATCHED = 200;
const KEPT = 200;
/** More of one kind at once than this become one line. */
const APART = 4;

export class Activity {
  #entries = $state.raw<readonly ActivityEntry[]>([]);
  #isRecalled = $state(false);
  #known: Map<string, Task> | undefined;
  #since = systemClock.now();
  #clearedAt = readCleared();
  #last = 0;
  #runner: Runner;
  #told: (entry: ActivityEntry) => void;

  /** `told` hears of each new entry. */
  constructor(runner: Runner, told: (entry: ActivityEntry) => void = () => {}) {
    this.#runner = runner;
    this.#told = told;
  }

  /** Newest first. */
  get entries(): readonly ActivityEntry[] {
    return this.#entries;
  }

  /** Begins to watch. Returns what stops it. */
  start(): () => void {
    const query = { status: ['pending', 'running'], limit: WATCHED } as const;
    return this.#runner.watchList(query, (page) => void this.#see(page));
  }

  notice(notice: Notice, text: string): void {
    this.#add([{ key: ++this.#last, at: notice.at, kind: 'notice', text }]);
  }

  removed(task: Task): void {
    this.#add([{ key: ++this.#last, at: systemClock.now(), kind: 'removed', text: task.name }]);
  }

  /** Whether it is known what happened before this tab was opened. */
  get isRecalled(): boolean {
    return this.#isRecalled;
  }

  clear(): void {
    this.#entries = [];
    this.#clearedAt = systemClock.now();
    writeCleared(this.#clearedAt);
  }

  /** Looks up once what happened before this tab was opened, as far as the tasks tell. */
  async recall(): Promise<void> {
    if (this.#isRecalled) return;
    const list = (sortBy: 'updatedAt' | 'createdAt') =>
      this.#runner.list({ sortBy, sortOrder: 'desc', limit: WATCHED }).catch(() => undefined);
    const pages = await Promise.all([list('createdAt'), list('updatedAt')]);
    const tasks = new Map(pages.flatMap((page) => page?.tasks ?? []).map((task) => [task.id, task]));
    const before = [...tasks.values()].flatMap(told).filter(({ at }) => at < this.#since && at > this.#clearedAt);
    const entries = before.map((entry) => ({ ...entry, key: ++this.#last }));
    this.#entries = [...this.#entries, ...entries.toSorted((a, b) => b.at - a.at)].slice(0, KEPT);
    this.#isRecalled = true;
  }

  async #see(page: TaskPage): Promise<void> {
    const before = this.#known;
    const seen = new Map<string, Task>(page.tasks.map((task) => [task.id, task]));
    this.#known = seen;
    if (before === undefined) return;
    const happened = page.tasks.flatMap((task) => happenings(before.get(task.id), task, this.#since));
    const left = [...before.values()].filter((task) => !seen.has(task.id));
    this.#note(happened);
    // A full page may push tasks out of sight that have not ended.
    const ended = await Promise.all(
      left.slice(0, WATCHED).map((task) => this.#runner.get(task.id).catch(() => undefined)),
    );
    this.#note(ended.flatMap((task) => (task === undefined ? [] : endings(task))));
  }

  #note(happened: Happening[]): void {
    const kinds = [...new Set(happened.map((one) => one.kind))];
    this.#add(
      kinds.flatMap((kind) =>
        this.#entriesOf(
          kind,
          happened.filter((one) => one.kind === kind),
        ),
      ),
    );
  }

  #entriesOf(kind: ActivityKind, group: Happening[]): ActivityEntry[] {
    const at = systemClock.now();
    if (group.length > APART) return [{ key: ++this.#last, at, kind, text: '', many: group.length }];
    return group.map(({ task }) => ({
      key: ++this.#last,
      at,
      kind,
      taskId: task.id,
      text: task.name,
      ...errorOf(task),
    }));
  }

  #add(entries: ActivityEntry[]): void {
    if (entries.length === 0) return;
    this.#entries = [...entries.toReversed(), ...this.#entries].slice(0, KEPT);
    entries.forEach(this.#told);
  }
}

function happenings(before: Task | undefined, task: Task, since: number): Happening[] {
  if (before === undefined) {
    if (task.createdAt < since) return [];
    const enqueued: Happening = { kind: 'enqueued', task };
    return task.status === 'running' ? [enqueued, { kind: 'started', task }] : [enqueued];
  }
  if (before.status === 'pending' && task.status === 'running') return [{ kind: 'started', task }];
  if (before.status === 'running' && task.status === 'pending') {
    return [{ kind: task.retryCount > before.retryCount ? 'retrying' : 'interrupted', task }];
  }
  return [];
}

function endings(task: Task): Happening[] {
  if (task.status === 'pending' || task.status === 'running') return [];
  return [{ kind: task.status, task }];
}

function errorOf(task: Task): { error?: string } {
  const error = task.status === 'failed' || task.status === 'pending' ? task.error : null;
  return error === null ? {} : { error: error.message };
}

/** What a task tells of itself: when it was made, and how it ended. */
function told(task: Task): Omit<ActivityEntry, 'key'>[] {
  const about = { taskId: task.id, text: task.name };
  const made = { ...about, at: task.createdAt, kind: 'enqueued' } as const;
  if (task.status === 'pending' || task.status === 'running') return [made];
  return [made, { ...about, at: task.finishedAt ?? task.createdAt, kind: task.status, ...errorOf(task) }];
}

const CLEARED = 'errand:activity-cleared';

/** Storage that is blocked is no reason to have no log. */
function readCleared(): number {
  try {
    return Number(localStorage.getItem(CLEARED) ?? 0);
  } catch {
    return 0;
  }
}

function writeCleared(at: number): void {
  try {
    localStorage.setItem(CLEARED, String(at));
  } catch {
    // It comes back with the next visit.
  }
}
