// From what is stored to what is shown.

import { countsOf, type FileRow, type Standing, type StepRow, type Store } from '../store/index.ts';
import {
  checkQuery,
  checkSpan,
  ErrandError,
  type RunRow,
  type Span,
  type SpanOfItems,
  type Task,
  type TaskDefinition,
  type TaskId,
  type TaskRow,
  type TaskState,
  toTask,
  type ListQuery,
} from '../task/index.ts';
import type { Attempt } from './attempt.ts';
import { waitsFor } from './explain.ts';
import type { Gate } from './gate.ts';
import type {
  ArtifactView,
  ItemView,
  LogEntry,
  Stats,
  StatusCounts,
  StepView,
  TaskDetail,
  TaskPage,
} from './runner.ts';

const MOST_ARTIFACTS = 100;
const MOST_OF_EACH = 1_000;

export class Views {
  readonly #store: Store;
  readonly #definitions: ReadonlyMap<string, TaskDefinition>;
  readonly #running: ReadonlyMap<TaskId, Attempt>;
  readonly #gate: Gate;

  constructor(
    store: Store,
    definitions: ReadonlyMap<string, TaskDefinition>,
    { running, gate }: { running: ReadonlyMap<TaskId, Attempt>; gate: Gate },
  ) {
    this.#store = store;
    this.#definitions = definitions;
    this.#running = running;
    this.#gate = gate;
  }

  show({ row, claim }: TaskState): Task {
    return toTask(row, claim, this.#definitions.get(row.type), waitsFor(row, this.#gate));
  }

  /** One task, with its payload and result even if they are large. */
  async task(id: string, own?: string): Promise<Task | undefined> {
    const state = await this.#store.task(id);
    return state === undefined || !isSeen(state, own) ? undefined : this.#whole(state);
  }

  /** One page of tasks; `own` has only those of that creator. */
  async list(query: ListQuery, own?: string): Promise<TaskPage> {
    if (own !== undefined && (query.creator ?? own) !== own) {
      checkQuery(query);
      return { tasks: [], limit: query.limit ?? 20, offset: query.offset ?? 0, total: 0, nextCursor: null };
    }
    if (own !== undefined) return this.list({ ...query, creator: own });
    const { states, ...page } = await this.#store.page(query);
    return { tasks: states.map((state) => this.show(state)), ...page };
  }

  async stats(own?: string): Promise<Stats> {
    return statsOf(await this.#store.standing(), own);
  }

  async recent(creator: string): Promise<Task[]> {
    return (await this.#store.recent(creator)).map((state) => this.show(state));
  }

  /** The tasks that have ended since an instant. */
  async finishedSince(instant: number, type?: string, own?: string): Promise<Task[]> {
    const rows = await this.#store.finishedSince(instant);
    const wanted = rows.filter((row) => (type ?? row.type) === row.type && (own ?? row.creator) === row.creator);
    return wanted.map((row) => this.show({ row }));
  }

  async detail(id: string, own?: string): Promise<TaskDetail> {
    const state = await this.#store.task(id);
    if (state === undefined || !isSeen(state, own)) throw new ErrandError('not-found');
    const { row } = state;
    const [past, steps, artifacts] = await Promise.all([
      this.#store.runs(row.id),
      this.#store.steps(row.id, row.run.stepSet),
      this.#store.artifacts(row.id, 0, MOST_ARTIFACTS),
    ]);
    steps.sort((a, b) => a.seq - b.seq);
    const views = await Promise.all(steps.map((step) => this.#step(row, step)));
    return {
      task: this.show(state),
      runs: [...past, currentRun(row)],
      steps: views,
      artifacts: artifacts.rows.map(artifactView),
      artifactCount: artifacts.total,
    };
  }

  async artifacts(id: string, span: Span): Promise<ArtifactView[]> {
    checkSpan(span);
    const { offset = 0, limit = MOST_ARTIFACTS } = span;
    return (await this.#store.artifacts(id as TaskId, offset, limit)).rows.map(artifactView);
  }

  /** The newest artifacts of many tasks, at most 1,000 of each; none of one that `own` may not see. */
  async artifactsOf(ids: readonly string[], own?: string): Promise<ArtifactView[][]> {
    const seen = own === undefined ? ids : await this.#seenAmong(ids, own);
    const found = await this.#store.artifactsOf(seen, MOST_OF_EACH);
    const byId = new Map(seen.map((id, i) => [id, found[i] ?? []]));
    return ids.map((id) => (byId.get(id) ?? []).map(artifactView));
  }

  async #seenAmong(ids: readonly string[], own: string): Promise<string[]> {
    const states = await Promise.all(ids.map((id) => this.#store.task(id)));
    return ids.filter((_, i) => states[i]?.row.creator === own);
  }

  /** A span of the items of a map: which are recorded, and with what result. */
  async items(id: string, name: string, span: SpanOfItems): Promise<ItemView[]> {
    checkSpan(span, 'from');
    const { from = 0, limit = 1_000 } = span;
    const state = await this.#store.task(id);
    if (state === undefined) throw new ErrandError('not-found');
    const { row } = state;
    const steps = await this.#store.steps(row.id, row.run.stepSet);
    const total = steps.find((step) => step.name === name)?.total ?? 0;
    const end = Math.min(total, from + limit);
    const items: ItemView[] = [];
    for (let index = from; index < end; index++) items.push({ index, status: 'waiting' });
    for (const index of this.#running.get(row.id)?.maps.get(name)?.working ?? []) {
      const item = items[index - from];
      if (item !== undefined) item.status = 'working';
    }
    for (const chunk of await this.#store.chunks(row.id, row.run.stepSet, name, from, end)) {
      chunk.results.forEach((result, i) => {
        const index = chunk.from + i;
        if (index >= from && index < end) items[index - from] = { index, status: 'done', result };
      });
    }
    return items;
  }

  async log(id: string, span: Span): Promise<{ entries: LogEntry[]; total: number }> {
    checkSpan(span);
    const { offset = 0, limit = 1_000 } = span;
    const rows = await this.#store.logs(id as TaskId);
    const entries = rows.flatMap(({ lines, runIndex, attempt }) =>
      lines.map((line) => ({ ...line, runIndex, attempt })),
    );
    return { entries: entries.slice(offset, offset + limit), total: entries.length };
  }

  async #whole(state: TaskState): Promise<Task> {
    const { row } = state;
    const { index } = row.run;
    const [payload, result] = await Promise.all([
      row.payloadApart ? this.#store.value(row, 'payload', row.payloadRun ?? 0) : row.payload,
      row.resultApart ? this.#store.value(row, 'result', index) : row.result,
    ]);
    return this.show({ ...state, row: { ...row, payload, result } });
  }

  async #step(row: TaskRow, step: StepRow): Promise<StepView> {
    const { name, kind, status, startedAt, completedAt = null, result, error, total, tries } = step;
    const attempts = tries.map((each, i) => ({ attemptNumber: i + 1, error: null, ...each }));
    const retryAttempt = tries.filter((each) => each.status === 'failed').length;
    const view: StepView = { name, kind, status, startedAt, completedAt, retryAttempt, attempts };
    if (result !== undefined) view.result = result;
    if (error !== undefined) view.error = error;
    if (total !== undefined) view.items = { total, ...(await this.#itemCounts(row, step)) };
    return view;
  }

  async #itemCounts(
    row: TaskRow,
    { name, stepSet, status, total = 0 }: StepRow,
  ): Promise<{ done: number; working: number[] }> {
    if (status === 'completed') return { done: total, working: [] };
    const live = this.#running.get(row.id)?.maps.get(name);
    if (live !== undefined) return { done: live.done, working: live.working };
    const chunks = await this.#store.chunks(row.id, stepSet, name);
    return { done: chunks.reduce((sum, chunk) => sum + chunk.results.length, 0), working: [] };
  }
}

function currentRun({ run, status, finishedAt, error }: TaskRow): RunRow {
  const current: RunRow = { ...run, status };
  if (finishedAt !== undefined) current.finishedAt = finishedAt;
  if (error !== undefined) current.error = error;
  return current;
}

function artifactView({ id, name, type, size, lastModified, createdAt }: FileRow): ArtifactView {
  return { $type: 'file', id, name, type, size, lastModified, createdAt };
}

function statsOf(standing: Standing, own: string | undefined): Stats {
  const all = noCounts();
  const byType = new Map<string, StatusCounts>();
  for (const { creator, type, counts } of countsOf(standing)) {
    if ((own ?? creator) !== creator) continue;
    const ofType = byType.get(type) ?? noCounts();
    byType.set(type, ofType);
    for (const status of STATUSES) {
      all[status] += counts[status];
      ofType[status] += counts[status];
    }
  }
  return { ...all, byType: Object.fromEntries(byType) };
}

const STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;

function noCounts(): StatusCounts {
  return { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
}

function isSeen({ row }: TaskState, own: string | undefined): boolean {
  return own === undefined || row.creator === own;
}
