// What the tabs do in one cycle, drawn by chance: enqueue alone and many at once, cancel, retry, remove, wait, configure.

import type { Dice } from './dice.ts';
import type { KillType } from './page/tasks.worker.ts';
import type { Burst, NewTask, Op } from './protocol.ts';

/** A task that an operation may name. */
export interface Known {
  id: string;
  status: string;
}

const TYPES: Record<KillType, number> = {
  'kill.noop': 20,
  'kill.quick': 22,
  'kill.steps': 16,
  'kill.map': 9,
  'kill.flaky': 9,
  'kill.hopeless': 5,
  'kill.file': 6,
  'kill.large': 6,
  'kill.once': 4,
  'kill.deaf': 2,
};
/** How much of it a task has: steps, items, failures, or bytes. */
const SIZES: Partial<Record<KillType, [least: number, most: number]>> = {
  'kill.steps': [1, 5],
  'kill.map': [4, 24],
  'kill.flaky': [1, 2],
  'kill.file': [10, 60_000],
  'kill.large': [2_500, 90_000],
};
const BURSTS = { lone: 30, some: 20, many: 14, cancel: 10, retry: 8, remove: 8, again: 4, result: 5, configure: 1 };
const MOST_IN_MANY = 40;

/** The bursts of each tab. What is known may be named, and whatever comes in in this very cycle. */
export function planCycle(dice: Dice, cycle: string, tabs: number, known: readonly Known[]): Burst[][] {
  const planner = new Planner(dice, cycle, known);
  return Array.from({ length: tabs }, () =>
    Array.from({ length: dice.between(5, 14) }, () => ({
      ops: planner.burst(),
      pauseMs: dice.chance(0.5) ? 0 : dice.below(25),
    })),
  );
}

class Planner {
  readonly #dice: Dice;
  readonly #cycle: string;
  readonly #known: Known[];
  /** Enqueued by their own ids, and never to be removed, because they are enqueued again. */
  readonly #again: NewTask[] = [];
  readonly #removable: string[];
  #lastKey = 0;

  constructor(dice: Dice, cycle: string, known: readonly Known[]) {
    this.#dice = dice;
    this.#cycle = cycle;
    this.#known = [...known];
    this.#removable = known.map(({ id }) => id);
  }

  burst(): Op[] {
    const dice = this.#dice;
    const kind = dice.weighed(BURSTS);
    switch (kind) {
      case 'lone':
        return [this.#enqueue()];
      case 'some':
        return this.#times(dice.between(2, 9), () => this.#enqueue());
      case 'many':
        return [this.#many()];
      case 'again':
        return this.#again.length === 0 ? [this.#enqueue()] : [this.#enqueueAgain(dice.pick(this.#again))];
      case 'configure':
        return [{ key: this.#key(), kind, slots: dice.between(1, 4) }];
      case 'remove':
        return this.#times(dice.between(1, 3), () => this.#on(kind, this.#removable));
      case 'retry':
        return this.#times(dice.between(1, 2), () => this.#on(kind, this.#retryable()));
      default:
        return this.#times(dice.between(1, 3), () =>
          this.#on(
            kind,
            this.#known.map(({ id }) => id),
          ),
        );
    }
  }

  #times(count: number, make: () => Op): Op[] {
    return Array.from({ length: count }, make);
  }

  #on(kind: 'cancel' | 'retry' | 'remove' | 'result', ids: readonly string[]): Op {
    return ids.length === 0 ? this.#enqueue() : { key: this.#key(), kind, id: this.#dice.pick(ids) };
  }

  /** As a rule such as can be retried; now and then one that cannot. */
  #retryable(): string[] {
    const ended = this.#known.filter(({ status }) => status === 'failed' || status === 'cancelled');
    return (ended.length === 0 || this.#dice.chance(0.1) ? this.#known : ended).map(({ id }) => id);
  }

  #enqueue(): Op {
    const task = this.#task(this.#dice.weighed(TYPES));
    if (task.ownId && task.parentId === undefined && this.#dice.chance(0.2)) this.#again.push(task);
    else if (task.ownId) this.#removable.push(task.name);
    if (task.ownId) this.#known.push({ id: task.name, status: 'new' });
    return { key: this.#key(), kind: 'enqueue', tasks: [task] };
  }

  #enqueueAgain(task: NewTask): Op {
    return { key: this.#key(), kind: 'enqueue-again', tasks: [task] };
  }

  #many(): Op {
    const count = this.#dice.chance(0.3) ? this.#dice.between(20, MOST_IN_MANY) : this.#dice.between(2, 8);
    const type = count > 8 ? 'kill.noop' : undefined;
    const tasks = Array.from({ length: count }, () => this.#task(type ?? this.#dice.weighed(TYPES), false));
    return { key: this.#key(), kind: 'enqueue-many', tasks };
  }

  #task(type: KillType, mayHaveParent = true): NewTask {
    const dice = this.#dice;
    const [least, most] = SIZES[type] ?? [0, 0];
    const task: NewTask = {
      name: `t${this.#key()}`,
      ownId: dice.chance(0.5),
      type,
      size: dice.between(least, most),
      priority: dice.chance(0.8) ? 0 : dice.between(-10, 10),
    };
    if (dice.chance(0.08)) task.delayMs = dice.between(10, 1_200);
    if (mayHaveParent && this.#known.length > 0 && dice.chance(0.08)) task.parentId = dice.pick(this.#known).id;
    return task;
  }

  #key(): string {
    this.#lastKey += 1;
    return `${this.#cycle}-${this.#lastKey}`;
  }
}
