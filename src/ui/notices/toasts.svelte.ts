// Short messages at the foot of the page, and the ten seconds in which a thing can be undone.

import { systemClock } from '../../task/index.ts';

/** A message, and what may be done about it. */
export interface ToastInput {
  text: string;
  tone?: 'plain' | 'bad';
  /** Takes back what the message tells of. */
  undo?: () => void;
}

export interface Toast extends ToastInput {
  readonly id: number;
}

const UNDO_MS = 10_000;
const PLAIN_MS = 5_000;

export class Toasts {
  #all = $state.raw<readonly Toast[]>([]);
  #layers = $state.raw<readonly object[]>([]);
  #timers = new Map<number, () => void>();
  #last = 0;

  get all(): readonly Toast[] {
    return this.#all;
  }

  /** Where they are shown: what lies under an open dialog cannot be reached. */
  get top(): object | undefined {
    return this.#layers.at(-1);
  }

  /** While it is there, messages are shown in it. Returns what takes it away. */
  cover(layer: object): () => void {
    this.#layers = [...this.#layers, layer];
    return () => {
      this.#layers = this.#layers.filter((each) => each !== layer);
    };
  }

  /** Shows a message for ten seconds if it can be undone, else for five. */
  show(input: ToastInput): void {
    const toast = { ...input, id: ++this.#last };
    this.#all = [...this.#all, toast];
    this.#wait(toast);
  }

  /** Shows what went wrong, in the error's own words. */
  tell(error: unknown): void {
    this.show({ text: error instanceof Error ? error.message : String(error), tone: 'bad' });
  }

  /** Takes back the given thing, or the last that can be. Says whether there was one. */
  undo(id?: number): boolean {
    const toast = this.#all.findLast((one) => one.undo !== undefined && (id === undefined || one.id === id));
    if (toast === undefined) return false;
    this.#drop(toast.id);
    toast.undo?.();
    return true;
  }

  /** Puts a message away before its time; what it told of stands. */
  dismiss(id: number): void {
    this.#drop(id);
  }

  /** While somebody points at the messages, none goes away. */
  hold(): void {
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
  }

  release(): void {
    for (const toast of this.#all) if (!this.#timers.has(toast.id)) this.#wait(toast);
  }

  #wait(toast: Toast): void {
    const stop = systemClock.timer(
      () => {
        this.dismiss(toast.id);
      },
      toast.undo === undefined ? PLAIN_MS : UNDO_MS,
    );
    this.#timers.set(toast.id, stop);
  }

  #drop(id: number): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    this.#all = this.#all.filter((toast) => toast.id !== id);
  }
}
