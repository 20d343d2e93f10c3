// What a person does with the task that is open. Each says what came of it, and what can be undone can.

import type { Decision } from '../../runner/index.ts';
import type { Board } from '../board.svelte.ts';
import type { ActionId } from './actions-of.ts';
import type { TaskView } from './task-view.svelte.ts';
import type { Waiting } from './waiting.svelte.ts';
import { TASK, WAIT } from '../words/task.ts';

export type DialogName = 'restart' | 'rerun' | 'event';

export class Acts {
  /** The dialog that is open. */
  dialog = $state<DialogName>();
  #board: Board;
  #view: TaskView;
  #waiting: Waiting;

  constructor(board: Board, view: TaskView, waiting: Waiting) {
    this.#board = board;
    this.#view = view;
    this.#waiting = waiting;
  }

  /** Does what a button says. */
  do(action: ActionId): void {
    const { task } = this.#view;
    if (task === undefined) return;
    const board = this.#board;
    const acts: Record<ActionId, () => unknown> = {
      download: () => board.downloadMain(task),
      retry: () => board.retry(task),
      cancel: () => board.cancel(task),
      'run-now': () => this.try(() => board.runner.runNow(task.id), TASK.goesAhead),
      pause: () => this.#pause({ taskId: task.id }, task.name),
      'pause-type': () => this.#pause({ type: task.type }, task.type),
      resume: () => this.lift(this.#waiting.ownRule),
      restart: () => (this.dialog = 'restart'),
      rerun: () => (this.dialog = 'rerun'),
      'copy-id': () => this.try(() => navigator.clipboard.writeText(task.id), TASK.copied),
      delete: () => {
        void board.remove(task);
        board.links.open(board.links.tasks);
      },
    };
    acts[action]();
  }

  async lift(ruleId: string | undefined): Promise<void> {
    if (ruleId === undefined) return;
    await this.try(() => this.#board.runner.resume({ ruleId }), TASK.resumed);
  }

  async decide(decision: Decision['decision']): Promise<void> {
    await this.#about((id) => this.#board.runner.decide(id, { decision }), WAIT.decided[decision]);
  }

  async signedIn(credential: string | undefined): Promise<void> {
    await this.try(async () => {
      const reached = await this.#board.runner.signedIn(credential);
      this.#board.toasts.show({ text: WAIT.reached(reached) });
    });
  }

  async retryStep(step: string): Promise<void> {
    await this.#about((id) => this.#board.runner.retryStep(id, step));
  }

  /** Does something with the task. Says whether it was done; what went wrong is told. */
  async try(action: () => Promise<unknown>, said?: string): Promise<boolean> {
    try {
      await action();
      if (said !== undefined) this.#board.toasts.show({ text: said });
      return true;
    } catch (error) {
      this.#board.toasts.tell(error);
      return false;
    }
  }

  async #pause(match: { taskId: string } | { type: string }, name: string): Promise<void> {
    await this.try(async () => {
      const { ruleId } = await this.#board.runner.pause(match);
      const undo = () => void this.lift(ruleId);
      this.#board.toasts.show({ text: TASK.paused(name), undo });
    });
  }

  async #about(action: (id: string) => Promise<unknown>, said?: string): Promise<void> {
    const id = this.#view.task?.id;
    if (id !== undefined) await this.try(() => action(id), said);
  }
}
