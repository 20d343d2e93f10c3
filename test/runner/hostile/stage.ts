// A test's side: a database of its own, tabs on it, and the handlers that have entered, each waiting for its cue.

import { createRunner, type Runner, type TaskHandle } from '../../../src/index.ts';
import type { Act, Cue, Part, Report } from './acts.ts';
import { type Delays, nameOf, sabotage, type Sabotage } from './saboteur.ts';

const WATCHDOG_MS = 5_000;
const stages = new Set<Stage>();

type Entered = Extract<Report, { kind: 'entered' }>;
type Did = Extract<Report, { kind: 'did' }>;
type Aborted = Extract<Report, { kind: 'aborted' }>;

interface TabOptions {
  maxConcurrent?: number;
  /** Timers of its engine that are to be early or late. */
  delays?: Delays;
  worker?: () => Worker;
}

/** A page's runner with its engine. */
interface Tab {
  runner: Runner;
  /** Ends the engine's worker without a word. */
  crash: () => void;
  sabotage: (what: Sabotage) => Promise<void>;
}

export class Stage {
  readonly database: string;
  readonly #channel: BroadcastChannel;
  readonly #reports: Report[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #open = new Set<Runner>();

  constructor(database = `hostile-${crypto.randomUUID()}`) {
    stages.add(this);
    this.database = database;
    this.#channel = new BroadcastChannel(database);
    this.#channel.onmessage = ({ data }: MessageEvent<Report>) => {
      this.#reports.push(data);
      for (const look of [...this.#waiting]) look();
    };
  }

  async open({ worker: start, delays = {}, ...options }: TabOptions = {}): Promise<Tab> {
    const name = nameOf(delays);
    const worker = start?.() ?? new Worker(new URL('./cast.worker.ts', import.meta.url), { type: 'module', name });
    const runner = await createRunner({ worker: () => worker, database: this.database, ...options });
    this.#open.add(runner);
    return {
      runner,
      crash: () => {
        this.#open.delete(runner);
        worker.terminate();
      },
      sabotage: (what) => sabotage(name, what),
    };
  }

  /** A payload: what the handler does at once, before it asks. */
  part(...acts: Act[]): Part {
    return { stage: this.database, acts };
  }

  /** Resolves with the first report that satisfies, whether it has come or is to come. */
  async report<R extends Report>(satisfies: (report: Report) => report is R, ms?: number): Promise<R> {
    const seen = Promise.withResolvers<R>();
    const look = () => {
      const found = this.#reports.find(satisfies);
      if (found !== undefined) seen.resolve(found);
    };
    this.#waiting.add(look);
    look();
    try {
      return await soon(seen.promise, ms);
    } finally {
      this.#waiting.delete(look);
    }
  }

  /** The handler of a task, once it has entered for the nth time. */
  async entered(task: { id: string } | undefined, nth = 1, ms?: number): Promise<Entry> {
    const nthOfTask = (report: Report): report is Entered => report === this.entries(task)[nth - 1];
    return new Entry(this, this.#channel, await this.report(nthOfTask, ms));
  }

  /** The entries of a task's handler so far. */
  entries(task: { id: string } | undefined): Entered[] {
    return this.#reports.filter((report) => report.kind === 'entered').filter(({ taskId }) => taskId === task?.id);
  }

  /** How often each item of a map has been worked on so far. */
  items(): Map<number, number> {
    const times = new Map<number, number>();
    for (const report of this.#reports)
      if (report.kind === 'item') times.set(report.index, (times.get(report.index) ?? 0) + 1);
    return times;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((runner) => soon(runner.close())));
    this.#channel.close();
  }
}

/** One entry of a handler: it waits for its cues. */
class Entry {
  readonly attempt: number;
  readonly #stage: Stage;
  readonly #channel: BroadcastChannel;
  readonly #entry: string;
  readonly #worker: string;
  #lastCue = 0;

  constructor(stage: Stage, channel: BroadcastChannel, { attempt, entry, worker }: Entered) {
    this.attempt = attempt;
    this.#stage = stage;
    this.#channel = channel;
    this.#entry = entry;
    this.#worker = worker;
  }

  /** Has it act; what comes of it is not waited for. */
  tell(act: Act): number {
    const cue: Cue = { to: this.#entry, cue: ++this.#lastCue, act };
    this.#channel.postMessage(cue);
    return cue.cue;
  }

  /** Has it act; resolves with what came of it. */
  does(act: Act): Promise<Did> {
    const cue = this.tell(act);
    const isOfIt = (report: Report): report is Did =>
      report.kind === 'did' && report.entry === this.#entry && report.cue === cue;
    return this.#stage.report(isOfIt);
  }

  /** Resolves with the code of the reason once its signal has fired. */
  async aborted(ms?: number): Promise<string> {
    const isOfIt = (report: Report): report is Aborted => report.kind === 'aborted' && report.entry === this.#entry;
    return (await this.#stage.report(isOfIt, ms)).code;
  }

  /** Resolves once its worker is gone: the worker's lock is free. */
  async workerEnded(): Promise<void> {
    await soon(navigator.locks.request(this.#worker, () => undefined));
  }
}

/** A limit, lest a promise that never settles holds up the whole suite. */
export async function soon<T>(promise: Promise<T>, ms = WATCHDOG_MS): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error(`Nothing came of it within ${ms} ms.`)), ms);
  try {
    return await Promise.race([promise, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Closes what tests have opened. */
export async function closeStages(): Promise<void> {
  const open = [...stages];
  stages.clear();
  for (const stage of open) await stage.close();
}

/** Resolves once this tab has heard that its engine leads, with the moment at which it did. */
export function leads({ runner }: Tab): Promise<number> {
  const told = Promise.withResolvers<number>();
  runner.onNotice(({ kind }) => {
    if (kind === 'engine-leads') told.resolve(performance.now());
  });
  return soon(told.promise);
}

/** Makes a type quick in the eyes of an engine, so that its tasks travel in turns. */
export async function makeQuick(runner: Runner, type: string, payload?: unknown): Promise<void> {
  for (let i = 0; i < 3; i++) await (await runner.enqueue(type, payload)).result();
}

/** The results of tasks, or the codes of their errors. */
export async function fates(tasks: readonly TaskHandle[], ms?: number): Promise<unknown[]> {
  return outcomes(
    tasks.map((task) => task.result()),
    ms,
  );
}

/** What calls answered, or the codes of the errors with which they rejected. */
export async function outcomes(calls: readonly Promise<unknown>[], ms?: number): Promise<unknown[]> {
  const settled = await soon(Promise.allSettled(calls), ms);
  return settled.map((call) =>
    call.status === 'fulfilled' ? call.value : (Reflect.get(call.reason as object, 'code') as unknown),
  );
}

/** The error with which a call rejects, or its answer. */
export async function refusal(call: Promise<unknown>): Promise<unknown> {
  try {
    return await soon(call);
  } catch (error) {
    return error;
  }
}
