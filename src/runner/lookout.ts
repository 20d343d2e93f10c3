// What an engine sees of the world outside its tasks: the device's signals, with since when; and which running tasks
// have lost what they need of it.

import { Device, type Leadership } from '../schedule/index.ts';
import type { StoredSettings } from '../store/index.ts';
import type { Clock, EngineId, SignalName, Signals } from '../task/index.ts';
import type { Attempt } from './attempt.ts';
import type { Gate } from './gate.ts';

export interface LookoutSetup {
  database: string;
  clock: Clock;
  engineId: EngineId;
  leadership: Leadership;
  changed: (before: Signals, after: Signals) => void;
}

type Switches = NonNullable<StoredSettings['signals']>;
const NONE: Switches = {};

export class Lookout {
  readonly device: Device;
  readonly #since = new Map<SignalName, number>();
  #switches: Switches = NONE;

  constructor({ database, clock, engineId, leadership, changed }: LookoutSetup) {
    this.device = new Device({
      database,
      clock,
      life: { engineId, death: (other) => leadership.death(other) },
      changed: (before, after) => {
        for (const name of new Set([...before.keys(), ...after.keys()]))
          if (before.get(name) !== after.get(name)) this.#since.set(name, clock.now());
        changed(before, after);
      },
    });
  }

  /** When a signal took the state that it has, as far as this engine has seen. */
  since(name: SignalName): number | undefined {
    return this.#since.get(name);
  }

  /** Takes what the person says of the device. */
  override(switches: Switches = NONE): void {
    if (switches === this.#switches) return;
    this.#switches = switches;
    this.device.override(switches);
  }
}

/** The running attempts from under which a constraint has gone. */
export function unmetAmong(running: Iterable<Attempt>, gate: Gate): Attempt[] {
  return [...running].filter(
    ({ over, row: { constraints } }) => !over && constraints !== undefined && gate.unmet(constraints).length > 0,
  );
}
