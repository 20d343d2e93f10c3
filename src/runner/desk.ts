// The engine's side of the page's façade: opens the database, and passes each call to the clerk once it is allowed.

import type { Reply, Thread } from '../pool/index.ts';
import { type Recovery, Store } from '../store/index.ts';
import {
  checkTaskId,
  type Clock,
  type EngineId,
  ErrandError,
  idMaker,
  plainError,
  type TaskDefinition,
} from '../task/index.ts';
import { clerkOf } from './clerk.ts';
import type { Answer, Arguments, CommandName } from './commands.ts';
import { Engine } from './engine.ts';
import { Intake } from './intake.ts';
import { LOCAL } from './local.ts';
import { IN_SERVICE_WORKER } from './neighbours.ts';
import type { Office } from './office.ts';
import { Outlook } from './outlook.ts';
import { checkPermission, checkPrincipal, NEEDED, NAMES_A_TASK, seenBy } from './permissions.ts';
import type { EngineSurface, OpenedEngine, OpenSetup, Pushed } from './protocol.ts';
import { resume, type Resumed } from './resume.ts';
import type { Notice, Principal } from './runner.ts';
import { checkSlots, defaultSlots } from './status.ts';
import { Views } from './views.ts';
import { Watching } from './watching.ts';

export interface DeskSetup {
  definitions: ReadonlyMap<string, TaskDefinition>;
  clock: Clock;
  /** Starts the worker of one slot. */
  spawn: () => Thread;
  /** Its engine leads only while it is told to. */
  standsBy?: boolean;
  /** How many slots it has unless somebody has configured another number. Default: what a page has. */
  slots?: number;
}

interface Open {
  office: Office;
  clerk: ReturnType<typeof clerkOf>;
  /** A page's engine has it. */
  outlook: Outlook | undefined;
}

export class Desk implements EngineSurface {
  readonly #setup: DeskSetup;
  /** The database is open, and can be looked at. */
  #furnished: Promise<Open> | undefined;
  /** The engine stands in line to lead, too. What is asked before that waits for it. */
  #open: Promise<Open> | undefined;
  #port: OpenSetup['port'] | undefined;
  /** The calls that have no answer yet. */
  readonly #calls = new Set<Promise<unknown>>();

  constructor(setup: DeskSetup) {
    this.#setup = setup;
  }

  open(setup: OpenSetup): Promise<Reply<OpenedEngine>> {
    this.#port = setup.port;
    this.#furnished = this.#furnish(setup);
    this.#open = this.#furnished.then(async (open) => {
      await open.office.engine.start();
      return open;
    });
    return this.#at(({ office: { engineId, store } }) =>
      Promise.resolve({
        engineId,
        generation: store.generation,
        principal: store.lastHead?.settings.principal ?? LOCAL,
      }),
    );
  }

  async #furnish({ database, maxConcurrent, predecessor, generation }: OpenSetup): Promise<Open> {
    const { definitions, clock, spawn } = this.#setup;
    const store = await Store.open(database, clock, generation);
    const engineId = newEngineId(clock, this.#setup.standsBy === true);
    const defaultSize = maxConcurrent === undefined ? defaultSlots() : checkSlots(maxConcurrent);
    const intake = new Intake(store, definitions, clock);
    const engine = new Engine({
      store,
      definitions,
      clock,
      engineId,
      defaultSize: this.#setup.slots ?? defaultSize,
      spawn,
      standsBy: this.#setup.standsBy === true,
      enqueueChild: (request) => intake.takeOne(request),
      onLead: () => {
        this.#notify('engine-leads', 'This page’s engine now leads and runs the tasks of this database.');
      },
      onBroken: () => {
        this.#notify('engine-broken', 'The workers that run tasks could not be started. Reload the page.');
      },
      onPolled: (seq) => {
        watching.refresh(seq);
        outlook?.look();
      },
      ...(predecessor !== undefined && { predecessor: predecessor as EngineId }),
    });
    const views = new Views(store, definitions, engine);
    const watching = new Watching(store, views, clock);
    const outlook = this.#setup.standsBy === true ? undefined : this.#outlook(store, engine);
    const progress = (callId: number | null, done: number, total: number) => {
      if (callId !== null) this.#push({ kind: 'progress', callId, done, total });
    };
    const parts = { store, engine, engineId, intake, views, watching, defaultSize, clock, definitions, progress };
    const office: Office = { ...parts, newId: idMaker(clock) };
    this.#tellOfLoss(store);
    return { office, clerk: clerkOf(office), outlook };
  }

  call<K extends CommandName>(who: Principal, name: K, args: Arguments<K>): Promise<Reply<Answer<K>>> {
    const called = this.#at(async ({ office, clerk }) => {
      checkPermission(checkPrincipal(who), NEEDED[name]);
      if (this.#setup.standsBy === true) await office.engine.neighbours.meetAgain(office.clock.now());
      if (NAMES_A_TASK.has(name)) await this.#checkSight(office, who, args[0]);
      return clerk[name](who, ...args);
    });
    this.#calls.add(called);
    void called.then(() => this.#calls.delete(called));
    return called;
  }

  watch: EngineSurface['watch'] = (watchId, watched, who) => {
    this.#soon(({ watching }) => {
      watching.add(watchId, watched, seenBy(checkPrincipal(who)), (value) => {
        this.#push({ kind: 'seen', watchId, value });
      });
    });
  };

  unwatch: EngineSurface['unwatch'] = (watchId) => {
    this.#soon(({ watching }) => {
      watching.remove(watchId);
    });
  };

  askList: EngineSurface['askList'] = (watchId, question) =>
    this.#at(({ office }) => office.watching.ask(watchId, question));

  close = () =>
    answer(async () => {
      if (this.#furnished === undefined) throw new ErrandError('closed');
      // An engine that could not start has a database to let go of, too.
      await this.#open?.catch(ignore);
      const { office, outlook } = await this.#furnished;
      const { engine, watching, store } = office;
      watching.close();
      outlook?.close();
      await engine.close();
      await store.close();
      this.#open = undefined;
      this.#furnished = undefined;
      // What was done is said before this: nobody may take it for refused.
      await Promise.all(this.#calls);
    });

  report: EngineSurface['report'] = (fromPage) => {
    this.#soon(({ engine }) => {
      engine.lookout.device.report(fromPage);
    });
  };

  /** What somebody may not see is not there for them. */
  async #checkSight({ store }: Office, who: Principal, given: unknown): Promise<void> {
    const id = checkTaskId(given as string);
    const own = seenBy(who);
    if (own === undefined) return;
    const state = await store.task(id);
    if (state !== undefined && state.row.creator !== own) throw new ErrandError('not-found');
  }

  #outlook(store: Store, { gate }: Engine): Outlook {
    const { clock, definitions } = this.#setup;
    return new Outlook({ store, clock, gate, definitions, tell: (left) => this.#push({ kind: 'left', left }) });
  }

  #tellOfLoss(store: Store): void {
    store.onMovedOn(() => {
      this.#notify('database-closed', 'A newer version of this app took over the database. Reload the page.');
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

  /** Who asks where nobody says so. It looks around meanwhile, as each call does; what it has read serves what is written next. */
  lastPrincipal(): Promise<Reply<Principal>> {
    return this.#at(async ({ office: { store, engine, clock } }) => {
      const [{ head }] = await Promise.all([store.standing(), engine.neighbours.meetAgain(clock.now())]);
      return head.settings.principal ?? LOCAL;
    });
  }

  /** Leads for a while, and does what can be done here. */
  resume(forMs: number, leavingMs: number): Promise<Reply<Resumed>> {
    return this.#at(({ office }) => resume(office, forMs, leavingMs));
  }

  #at<T>(work: (open: Open) => Promise<T>): Promise<Reply<T>> {
    return answer(async () => {
      if (this.#open === undefined) throw new ErrandError('closed');
      return work(await this.#open);
    });
  }

  /** What has no answer, and needs no engine: what a page shows is read before that takes its turn to write. */
  #soon(work: (office: Office) => void): void {
    void this.#furnished
      ?.then(({ office }) => {
        work(office);
      })
      .catch(ignore);
  }
}

const LOST_MESSAGE = 'The browser deleted this site’s data, including the second copy. The tasks in it are lost.';
const RECOVERED = {
  restored: 'The browser had deleted this site’s database. It was restored from the log',
  redone: 'The browser had lost the latest changes. They were restored from the log',
} as const;
const ALL_THERE = ', and no task was lost.';
const NOT_ALL_THERE =
  ', but part of the log is missing, so some changes may be lost. Tasks that must not run twice and may have run wait for a decision.';

function ignore(): void {
  // Whoever opened it was told.
}

async function answer<T>(work: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    return { ok: false, error: plainError(thrown) };
  }
}

function newEngineId(clock: Clock, inServiceWorker: boolean): EngineId {
  const id = Array.from(clock.bytes(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return (inServiceWorker ? `${IN_SERVICE_WORKER}${id}` : id) as EngineId;
}
