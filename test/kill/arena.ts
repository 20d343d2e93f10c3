// One back end's matrix while it runs: its browser, its ledger, and what they say of each other.

import { Browser, type Tab } from './browser.ts';
import { check, other, type Violation } from './check.ts';
import { Ledger } from './ledger.ts';
import type { Op, Report } from './protocol.ts';
import { checkIntegrity, checkRecords, settle } from './records.ts';
import { Reporter } from './reporter.ts';
import { serveStage, type Stage } from './stage.ts';
import type { State } from './state.ts';

/** So much later than a kill something may still arrive of what was killed. */
const GRACE_MS = 1_000;
const PROBE_MS = 15_000;

export class Arena {
  readonly state: State;
  readonly ledger: Ledger;
  #stage: Stage | undefined;
  browser: Browser | undefined;
  readonly reporter: Reporter;
  /** In this life of the browser, whoever came first found the database gone. */
  foundGone = false;
  #isFirst = true;
  /** The start after so many is answered with death. */
  #condemned: { left: number; died: () => void } | undefined;

  private constructor(state: State) {
    this.state = state;
    this.ledger = new Ledger(state.ledgerFile);
    this.reporter = new Reporter(state, this.ledger, () => this.browser?.tabs ?? []);
  }

  static async open(state: State): Promise<Arena> {
    const arena = new Arena(state);
    arena.#stage = await serveStage(state.kept.port, {
      started: (start) => {
        arena.ledger.note({ kind: 'start', start, at: Date.now() });
        return arena.#judge();
      },
      recorded: (recorded) => {
        arena.ledger.note({ kind: 'recorded', recorded });
      },
    });
    state.kept.port = arena.#stage.port;
    state.save();
    return arena;
  }

  get url(): string {
    return this.#stage?.url ?? '';
  }

  async launch(): Promise<Browser> {
    this.foundGone = false;
    this.#isFirst = true;
    this.browser = await Browser.launch(this.state.profile, this.state.backend, (report) => {
      this.#hear(report);
    });
    return this.browser;
  }

  #hear(report: Report): void {
    if (report[0] !== 'there') {
      this.ledger.note({ kind: 'report', report });
      return;
    }
    if (this.#isFirst) this.foundGone = !report[1];
    this.#isFirst = false;
  }

  /** To be called before anything is killed. */
  broken(): void {
    this.ledger.note({ kind: 'broken', from: Date.now(), to: Date.now() + GRACE_MS });
  }

  /** The worker of one of the next starts ends itself. Resolves when it was told to. */
  condemn(after: number): Promise<void> {
    return new Promise((died) => {
      this.#condemned = { left: after, died };
    });
  }

  pardon(): void {
    this.#condemned = undefined;
  }

  #judge(): 'go' | 'die' {
    if (this.#condemned === undefined || this.#condemned.left-- > 0) return 'go';
    this.broken();
    this.#condemned.died();
    this.#condemned = undefined;
    return 'die';
  }

  /** Compares what is there with what was acknowledged; whatever is wrong is told and counted. Nothing may be under way. */
  async check(tab: Tab, browserEnded: boolean): Promise<Violation[]> {
    const { ledger } = this;
    const { seq } = ledger;
    const snapshot = await tab.snapshot();
    const violations = [
      ...check(ledger, snapshot),
      ...checkRecords(ledger, snapshot, seq),
      ...checkIntegrity(snapshot),
    ];
    settle(ledger, snapshot, browserEnded);
    this.reporter.count();
    await this.reporter.tell(violations, { commitSeq: snapshot.commitSeq, generation: snapshot.generation });
    return violations;
  }

  /** Sees whether somebody runs tasks: one more must be done soon. */
  async probe(tab: Tab, name: string): Promise<void> {
    const task = { name, ownId: true, type: 'kill.noop' as const, size: 0, priority: 1_000_000 };
    const op: Op = { key: name, kind: 'enqueue', tasks: [task] };
    this.ledger.note({ kind: 'plan', ops: [op] });
    const began = Date.now();
    tab.work([{ ops: [op], pauseMs: 0 }]);
    await tab.working;
    while (Date.now() - began < PROBE_MS) {
      const { shown } = await tab.resultOf(name);
      if (shown?.status === 'completed') return;
    }
    await this.reporter.tell([other('nobody runs tasks any more', name)]);
  }

  /** Something went wrong that no check has found: it is told, and the browser ended. */
  async fail(error: unknown): Promise<void> {
    await this.reporter.fail(error);
    this.broken();
    await this.browser?.kill();
    this.browser = undefined;
  }

  async close(): Promise<void> {
    this.broken();
    await this.browser?.close();
    this.browser = undefined;
    await this.#stage?.close();
  }
}
