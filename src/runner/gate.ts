// Which lanes are open: a lane is closed while its type has no handler here, is paused or at a limit, or while a constraint
// of its tasks is not met. Nothing of that touches a task.

import type { HeadRow, PauseRow } from '../store/index.ts';
import {
  type Clock,
  type Constraints,
  type Lane,
  parseLane,
  pausesType,
  type Signals,
  type TaskDefinition,
  type Unmet,
  unmetOf,
} from '../task/index.ts';

/** What is known of the device, and whether whoever can tell something has had the time to. */
export interface Sight {
  readonly signals: Signals;
  readonly isSettled: boolean;
}

export interface GateSetup {
  clock: Clock;
  definitions: ReadonlyMap<string, TaskDefinition>;
  head: () => HeadRow | undefined;
  device: Sight;
  /** How many tasks of a type run. */
  running: (type: string) => number;
  /** Whether a type that is known here can only run once a page is open. Default: none. */
  needsPage?: (definition: TaskDefinition) => boolean;
}

/** What keeps a lane closed. */
export type Closed =
  | { kind: 'handler' }
  | { kind: 'page' }
  | { kind: 'pause'; rule: PauseRow }
  | { kind: 'constraint'; unmet: Unmet }
  | { kind: 'limit'; limit: number }
  | { kind: 'limit'; limit: number; perMs: number; until: number };

export class Gate {
  readonly #setup: GateSetup;
  /** The types that have reached their rate limit, and when they may start again. */
  #limited: ReadonlyMap<string, number> = new Map();

  constructor(setup: GateSetup) {
    this.#setup = setup;
  }

  isOpen(lane: string): boolean {
    return this.reasons(parseLane(lane)).next().done === true;
  }

  /** Whether a task of a type may run here at all. */
  serves({ type, version }: Lane): boolean {
    return (this.#setup.definitions.get(type)?.version ?? 0) >= version;
  }

  /** Whether one more task of a type may run beside so many. */
  mayRun(type: string, beside: number): boolean {
    return beside < (this.#setup.definitions.get(type)?.concurrency ?? Infinity);
  }

  /** What is unmet of a task's constraints. Before the device has answered, what is unknown may only not be known yet. */
  unmet(constraints: Constraints): Unmet[] {
    const { signals, isSettled } = this.#setup.device;
    return unmetOf(isSettled ? constraints : { ...constraints, whenUnknown: 'wait' }, signals);
  }

  /** How many tasks of a type run. */
  running(type: string): number {
    return this.#setup.running(type);
  }

  /** Everything that keeps a lane closed now. */
  *reasons(lane: Lane): Generator<Closed, void> {
    const { clock, definitions, head, running, needsPage } = this.#setup;
    const { type, constraints } = lane;
    const definition = definitions.get(type);
    if (!this.serves(lane)) yield { kind: 'handler' };
    else if (definition !== undefined && needsPage?.(definition) === true) yield { kind: 'page' };
    for (const rule of head()?.rules ?? []) if (pausesType(rule, type, clock.now())) yield { kind: 'pause', rule };
    if (constraints !== undefined) for (const unmet of this.unmet(constraints)) yield { kind: 'constraint', unmet };
    if (definition?.concurrency !== undefined && running(type) >= definition.concurrency)
      yield { kind: 'limit', limit: definition.concurrency };
    const { rateLimit } = definition ?? {};
    const until = this.#limited.get(type) ?? 0;
    const left = until - clock.now();
    // A clock that was set back must not keep a lane closed for longer than the span.
    if (rateLimit !== undefined && left > 0 && left <= rateLimit.perMs) yield { kind: 'limit', ...rateLimit, until };
  }

  /** Notes which types a claim found at their rate limit, beside those that it did not look at. */
  limited(types: ReadonlyMap<string, number>): void {
    const now = this.#setup.clock.now();
    this.#limited = new Map([...[...this.#limited].filter(([, until]) => until > now), ...types]);
  }

  /** When a lane that is closed now opens by itself, at the soonest. */
  get opensAt(): number {
    const now = this.#setup.clock.now();
    const times = [
      ...this.#limited.values(),
      ...(this.#setup.head()?.rules ?? []).map((rule) => rule.expiresAt ?? Infinity),
    ];
    return Math.min(Infinity, ...times.filter((at) => at > now));
  }
}
