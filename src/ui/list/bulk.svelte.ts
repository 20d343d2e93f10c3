// The same for many tasks: counted first, then done with its progress in sight, and undone where that can be.

import type { BulkAction, BulkFilter } from '../../runner/index.ts';
import type { Board } from '../board.svelte.ts';
import { BULK } from '../words/list.ts';

export type BulkName = 'cancel' | 'retry' | 'delete' | 'priority';

/** What somebody is about to do, or does. */
export interface BulkPlan {
  readonly name: BulkName;
  readonly action: BulkAction;
  readonly filter: BulkFilter;
  /** To how many it can be done; `undefined` while they are counted. */
  readonly fits: number | undefined;
  /** So many are done; `undefined` before it is begun. */
  readonly done: number | undefined;
}

/** To so few it is done at once: a person sees them all. */
const FEW = 25;

export class Bulk {
  readonly #board: Board;
  #plan = $state.raw<BulkPlan>();

  constructor(board: Board) {
    this.#board = board;
  }

  get plan(): BulkPlan | undefined {
    return this.#plan;
  }

  /** Counts to how many it can be done. Does it, where they are few. */
  async prepare(name: BulkName, action: BulkAction, filter: BulkFilter): Promise<void> {
    const plan = { name, action, filter, fits: undefined, done: undefined };
    this.#plan = plan;
    await this.#try(async () => {
      const { matched } = await this.#board.runner.bulk(action, filter, { dryRun: true });
      if (this.#plan !== plan) return;
      this.#plan = { ...plan, fits: matched };
      if (matched > 0 && matched <= FEW) await this.go();
    });
  }

  /** Does what was counted. */
  async go(): Promise<void> {
    const plan = this.#plan;
    if (plan === undefined || plan.done !== undefined) return;
    await this.#try(async () => {
      this.#plan = { ...plan, done: 0 };
      const { changed, ids } = await this.#board.runner.bulk(plan.action, plan.filter, {
        onProgress: ({ done, matched }) => {
          this.#plan = { ...plan, fits: matched, done };
        },
      });
      this.#plan = undefined;
      this.#tell(plan.name, changed, ids);
    });
  }

  back(): void {
    this.#plan = undefined;
  }

  #tell(name: BulkName, changed: number, ids: readonly string[]): void {
    const undo = async () => {
      const back = await this.#board.undo(ids);
      this.#board.toasts.show({ text: BULK.broughtBack(back, ids.length) });
    };
    this.#board.toasts.show({ text: BULK.done[name](changed), ...(ids.length > 0 && { undo: () => void undo() }) });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#plan = undefined;
      this.#board.toasts.tell(error);
    }
  }
}
