// How an attempt stops to wait: it ends once nothing else of it is under way, with all that its handler waits for.

import { type Clock, ErrandError, type Outcome, type Park, type WaitReport } from '../task/index.ts';

export interface ParkingSetup {
  clock: Clock;
  /** Whether a step, a map, a file or the like is under way. */
  isBusy(): boolean;
  park(outcome: Outcome): void;
}

export class Parking {
  readonly #setup: ParkingSetup;
  readonly #waits: WaitReport[] = [];
  /** What would have the handler entered again. */
  readonly #parks: Park[] = [];
  #cancel: () => void = () => undefined;

  constructor(setup: ParkingSetup) {
    this.#setup = setup;
  }

  /** Waits for a time, or for an event by that time, as it is recorded. */
  wait(report: WaitReport, event?: string): Promise<never> {
    const { name: step, until } = report;
    if (event !== undefined && this.#parks.some(({ kind }) => kind === 'event'))
      throw new ErrandError('invalid-request', ONE_EVENT, { field: 'event' });
    this.#waits.push(report);
    return this.#add(event === undefined ? { kind: 'sleep', step, until } : { kind: 'event', step, event, until });
  }

  /** Waits until a pause of that step is over. */
  pause(step: string, { ruleId, until }: { ruleId: string; until: number }): Promise<never> {
    return this.#add({ kind: 'pause', step, ruleId, until });
  }

  /** To be called when something else of the attempt has ended. */
  look(): void {
    this.close();
    const setup = this.#setup;
    if (setup.isBusy()) return;
    // The handler gets a turn to go on with what has just ended: its next step is still to be recorded by this attempt.
    this.#cancel = setup.clock.timer(() => {
      if (!setup.isBusy()) setup.park({ kind: 'parked', park: this.#first(), waits: this.#waits });
    }, 0);
  }

  close(): void {
    this.#cancel();
  }

  #add(park: Park): Promise<never> {
    this.#parks.push(park);
    this.look();
    // Never settled: no `finally` block of the handler can keep the slot.
    return new Promise(() => undefined);
  }

  /** The soonest decides; but an event would be missed if the task were not known to wait for it. */
  #first(): Park {
    const [soonest] = this.#parks.toSorted((a, b) => a.until - b.until);
    const event = this.#parks.find(({ kind }) => kind === 'event') ?? soonest;
    if (soonest === undefined || event === undefined) throw new ErrandError('internal');
    return { ...event, until: soonest.until };
  }
}

const ONE_EVENT = 'A handler waits for one event at a time. Wait for them one after another, or give them one name.';
