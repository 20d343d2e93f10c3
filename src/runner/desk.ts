// The engine's side of the page's façade: one method per call, every answer plain data.

import type { Reply } from '../pool/index.ts';
import {
  cancel,
  configure,
  decide,
  discard,
  erase,
  hurry,
  type Recovery,
  remove,
  rerun,
  restart,
  retry,
  retryStep,
  Store,
} from '../store/index.ts';
import { checkDecision, checkReason, checkRerun } from './requests.ts';
import {
  checkTaskId,
  type Clock,
  type EngineId,
  type EnqueueRequest,
  ErrandError,
  plainError,
  type Task,
  type TaskDefinition,
  type TaskId,
  type TaskState,
} from '../task/index.ts';
import { Engine } from './engine.ts';
import { guaranteesOf } from './guarantees.ts';
import { Intake } from './intake.ts';
import type { Enqueued, EngineSurface, OpenedEngine, OpenSetup, Pushed } from './protocol.ts';
import type { EngineStatus, Notice, Settings } from './runner.ts';
import { Views } from './views.ts';
import { Watching } from './watching.ts';

export interface DeskSetup {
  definitions: ReadonlyMap<string, TaskDefinition>;
  clock: Clock;
  /** Starts the worker of one slot. */
  spawn: () => Worker;
}

/** What there is once the database is open. */
interface Office {
  store: Store;
  engine: Engine;
  engineId: EngineId;
  intake: Intake;
  views: Views;
  watching: Watching;
  defaultSize: number;
}

const LEAST_SLOTS = 2;
const MOST_SLOTS = 10;
const MOST_CONCURRENT = 64;
const CLEARED_AT_ONCE = 500;

export class Desk implements EngineSurface {
  readonly #setup: DeskSetup;
  #office: Office | undefined;
  #port: MessagePort | undefined;

  constructor(setup: DeskSetup) {
    this.#setup = setup;
  }

  open({ database, port, maxConcurrent, predecessor, generation }: OpenSetup): Promise<Reply<OpenedEngine>> {
    this.#port = port;
    return answer(async () => {
      const { definitions, clock, spawn } = this.#setup;
      const store = await Store.open(database, clock, generation);
      const engineId = newEngineId(clock);
      const defaultSize = maxConcurrent === undefined ? defaultSlots() : checkSlots(maxConcurrent);
      const onLead = () => {
        this.#notify('engine-leads', 'This page’s engine leads: it runs the tasks of this database.');
      };
      const onBroken = () => {
        this.#notify('engine-broken', 'The workers that run tasks cannot be started. Reload the page.');
      };
      const engine = new Engine({
        store,
        definitions,
        clock,
        engineId,
        defaultSize,
        spawn,
        onLead,
        onBroken,
        onPolled: (seq) => this.#office?.watching.refresh(seq),
        ...(predecessor !== undefined && { predecessor: predecessor as EngineId }),
      });
      const views = new Views(store, definitions, engine.running);
      const watching = new Watching(store, views, clock);
      const intake = new Intake(store, definitions, clock);
      this.#office = { store, engine, engineId, intake, views, watching, defaultSize };
      this.#tellOfLoss(store);
      await engine.start();
      return { engineId, generation: store.generation };
    });
  }

  enqueue(requests: readonly EnqueueRequest[], callId: number | null): Promise<Reply<Enqueued[]>> {
    return this.#at(async ({ intake }) => {
      const onCopied = (copiedBytes: number, totalBytes: number) => {
        if (callId !== null) this.#push({ kind: 'copied', callId, copiedBytes, totalBytes });
      };
      const inserted = await intake.take(requests, onCopied);
      return inserted.map(({ row, created }) => ({ id: row.id, created }));
    });
  }

  enqueueEach(requests: readonly EnqueueRequest[]): Promise<Reply<Enqueued>[]> {
    return Promise.all(
      requests.map((request) =>
        this.#at(async ({ intake }) => {
          const [inserted] = await intake.take([request]);
          if (inserted === undefined) throw new ErrandError('internal');
          return { id: inserted.row.id, created: inserted.created };
        }),
      ),
    );
  }

  get = (id: string) => this.#at(({ views }) => views.task(id));
  list: EngineSurface['list'] = (query) => this.#at(({ views }) => views.list(query));
  stats = () => this.#at(({ views }) => views.stats());
  detail = (id: string) => this.#at(({ views }) => views.detail(id));
  items: EngineSurface['items'] = (id, step, span) => this.#at(({ views }) => views.items(id, step, span));
  artifacts: EngineSurface['artifacts'] = (id, span) => this.#at(({ views }) => views.artifacts(id, span));
  log: EngineSurface['log'] = (id, span) => this.#at(({ views }) => views.log(id, span));
  openFile: EngineSurface['openFile'] = (file) => this.#at(({ store }) => store.openFile(file));

  cancel(id: string, reason: string | undefined): Promise<Reply<Task>> {
    return this.#change(id, (taskId, { store }) =>
      store.do(cancel(taskId, checkReason(reason) ?? 'Cancelled by the user.')),
    );
  }

  retry(id: string): Promise<Reply<Task>> {
    return this.#change(id, (taskId, { store }) => store.do(retry(taskId, 'local')));
  }

  retryStep = (id: string, step: string) =>
    this.#change(id, (taskId, { store }) => store.do(retryStep(taskId, step, 'local')));
  decide: EngineSurface['decide'] = (id, decision) =>
    this.#change(id, (taskId, { store }) => store.do(decide(taskId, checkDecision(decision), 'local')));
  runNow = (id: string) => this.#change(id, (taskId, { store }) => store.do(hurry(taskId)));

  restart: EngineSurface['restart'] = (id, change) =>
    this.#change(id, async (taskId, { store, intake }) => {
      if (change === undefined) return store.do(restart(taskId, 'local'));
      return intake.restart(taskId, change.payload, 'local');
    });

  rerun: EngineSurface['rerun'] = (id, which) =>
    this.#at(async ({ store, views }) => {
      const { state, ...steps } = await store.do(rerun(checkTaskId(id), checkRerun(which), 'local'));
      return { task: views.show(state), ...steps };
    });

  remove(id: string): Promise<Reply<void>> {
    return this.#at(async ({ store }) => {
      const removed = await store.do(remove([checkTaskId(id)]));
      if (removed.length === 0) throw new ErrandError('not-found');
    });
  }

  clearFinished(statuses: readonly ('completed' | 'failed' | 'cancelled')[]): Promise<Reply<number>> {
    return this.#at(async ({ store }) => {
      let cleared = 0;
      for (const status of statuses) {
        for (;;) {
          const ids = await store.finished(status, CLEARED_AT_ONCE);
          if (ids.length === 0) break;
          const { removed, files } = await store.do(discard(ids));
          cleared += removed;
          await store.files.delete(files);
        }
      }
      return cleared;
    });
  }

  erase = () =>
    this.#at(async ({ store }) => {
      await store.files.delete(await store.do(erase()));
      await store.checkpoint();
    });

  watch: EngineSurface['watch'] = (watchId, watched) => {
    this.#office?.watching.add(watchId, watched, (value) => {
      this.#push({ kind: 'seen', watchId, value });
    });
  };

  unwatch: EngineSurface['unwatch'] = (watchId) => {
    this.#office?.watching.remove(watchId);
  };

  guarantees = () => this.#at(({ store }) => guaranteesOf(store));

  status = () => this.#at((office) => Promise.resolve(statusOf(office, this.#setup.definitions)));

  settings = () =>
    this.#at(async ({ store, defaultSize }): Promise<Settings> => {
      const { settings } = (await store.standing()).head;
      return { maxConcurrent: settings.maxConcurrent ?? defaultSize };
    });

  configure(settings: Partial<Settings>): Promise<Reply<Settings>> {
    return this.#at(async ({ store, defaultSize }) => {
      const unknown = Object.keys(settings).find((key) => key !== 'maxConcurrent');
      if (unknown !== undefined)
        throw new ErrandError('invalid-request', `${unknown} is no setting.`, { field: unknown });
      if (settings.maxConcurrent !== undefined) checkSlots(settings.maxConcurrent);
      const { maxConcurrent } = await store.do(configure(settings));
      return { maxConcurrent: maxConcurrent ?? defaultSize };
    });
  }

  poll = () => this.#at(({ engine }) => engine.poll());

  close = () =>
    this.#at(async ({ engine, watching, store }) => {
      watching.close();
      await engine.close();
      await store.close();
      this.#office = undefined;
    });

  #change(id: string, change: (id: TaskId, office: Office) => Promise<TaskState>): Promise<Reply<Task>> {
    return this.#at(async (office) => office.views.show(await change(checkTaskId(id), office)));
  }

  #tellOfLoss(store: Store): void {
    store.onMovedOn(() => {
      this.#notify('database-closed', 'A newer version of this app has taken over the database. Reload the page.');
    });
    const { recovery, wasLost } = store;
    store.onRecovered = (again) => {
      this.#tellOfRecovery(again);
    };
    if (recovery !== undefined || wasLost) this.#tellOfRecovery(recovery);
  }

  #tellOfRecovery(recovery: Recovery | undefined): void {
    if (recovery === undefined) this.#notify('database-lost', LOST_MESSAGE);
    else
      this.#notify('database-restored', `${RECOVERED[recovery.kind]}${recovery.isWhole ? ALL_THERE : NOT_ALL_THERE}`);
  }

  #notify(kind: Notice['kind'], message: string): void {
    this.#push({ kind: 'notice', notice: { at: this.#setup.clock.now(), kind, message } });
  }

  #push(pushed: Pushed): void {
    this.#port?.postMessage(pushed);
  }

  #at<T>(work: (office: Office) => Promise<T>): Promise<Reply<T>> {
    return answer(() => {
      if (this.#office === undefined) throw new ErrandError('closed');
      return work(this.#office);
    });
  }
}

const LOST_MESSAGE =
  'The browser has deleted what this site had kept, its second copy included. Tasks that were kept in it are gone.';
const RECOVERED = {
  restored: 'The browser had deleted this site’s database. It was made again of its log',
  redone: 'The browser had forgotten the last changes. They were made again of the log',
} as const;
const ALL_THERE = ': nothing that was accepted was lost.';
const NOT_ALL_THERE =
  ', but a part of that is missing: changes may be lost. Tasks that must not run twice, and may have run, wait for a decision.';

async function answer<T>(work: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    return { ok: false, error: plainError(thrown) };
  }
}

function statusOf({ engine, engineId, store }: Office, definitions: ReadonlyMap<string, TaskDefinition>): EngineStatus {
  const taskOf = (jobId: number | undefined) =>
    [...engine.running.values()].find(
      (attempt) => attempt.jobId === jobId || [...attempt.helpers].some((each) => each.jobId === jobId),
    );
  return {
    engineId,
    leads: engine.leads,
    slots: engine.pool.slots.map((slot) => ({
      id: slot.id,
      state: slot.state === 'dead' ? 'ending' : slot.state,
      taskId: taskOf(slot.job ?? slot.items)?.row.id ?? null,
    })),
    maxConcurrent: engine.pool.size,
    files: store.files.kind,
    log: store.logState,
    types: [...definitions.values()].map(({ type, version, effects, description = null }) => ({
      type,
      version,
      effects,
      description,
    })),
  };
}

function newEngineId(clock: Clock): EngineId {
  return Array.from(clock.bytes(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('') as EngineId;
}

/** The number of cores, at least 2, at most 10. */
function defaultSlots(): number {
  return Math.min(MOST_SLOTS, Math.max(LEAST_SLOTS, navigator.hardwareConcurrency));
}

function checkSlots(slots: number): number {
  if (Number.isInteger(slots) && slots >= 1 && slots <= MOST_CONCURRENT) return slots;
  const message = `maxConcurrent must be a whole number from 1 to ${MOST_CONCURRENT}`;
  throw new ErrandError('invalid-request', message, { field: 'maxConcurrent' });
}
