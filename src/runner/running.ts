// The attempts of this engine that are not over, by their tasks.

import type { Clock, TaskId } from '../task/index.ts';
import type { Attempt } from './attempt.ts';

const LOOK_MS = 20;

export class Running extends Map<TaskId, Attempt> {
  ofType(type: string): number {
    return this.#count(({ row }) => row.type === type);
  }

  /** Those that go before all others. */
  get urgent(): number {
    return this.#count(({ row }) => row.urgent === true);
  }

  /** Those that were handed to a slot. */
  get begun(): Set<TaskId> {
    return new Set([...this.values()].filter((attempt) => attempt.begun).map((attempt) => attempt.row.id));
  }

  /** Resolves once there are none, or after so long. */
  async ended(clock: Clock, withinMs: number): Promise<void> {
    const endsAt = clock.now() + withinMs;
    while (this.size > 0 && clock.now() < endsAt) await new Promise<void>((resolve) => clock.timer(resolve, LOOK_MS));
  }

  #count(holds: (attempt: Attempt) => boolean): number {
    let count = 0;
    for (const attempt of this.values()) if (holds(attempt)) count += 1;
    return count;
  }
}
