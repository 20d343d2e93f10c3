// The attempts of this engine that are not over, by their tasks.

import type { TaskId } from '../task/index.ts';
import type { Attempt } from './attempt.ts';

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

  #count(holds: (attempt: Attempt) => boolean): number {
    let count = 0;
    for (const attempt of this.values()) if (holds(attempt)) count += 1;
    return count;
  }
}
