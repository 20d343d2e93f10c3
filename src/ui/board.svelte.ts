// The board's root: the runner it was given, and what a person can do with tasks, each with its undo.

import { createContext } from 'svelte';
import type { EnqueueCallOptions, Notice, Runner } from '../runner/index.ts';
import type { FileRef, ListQuery, Task, TaskStatus } from '../task/index.ts';
import { Activity, type ActivityEntry } from './activity/activity.svelte.ts';
import { fileOfResult, mainFileOf } from './detail/files-of-task.ts';
import { saveFile } from './detail/save-file.ts';
import { Engine } from './engine/engine.svelte.ts';
import { Bulk } from './list/bulk.svelte.ts';
import { Announcer } from './notices/announcer.svelte.ts';
import { Toasts } from './notices/toasts.svelte.ts';
import { NOTICE, SAID, UNDO } from './words.ts';

/** Where things are, as the host routes them. */
export interface Links {
  readonly start: string;
  readonly tasks: string;
  /** What the address says after its `?`: filters and the like. */
  readonly query: URLSearchParams;
  task(id: string): string;
  /** Goes to a place, or another query of this one, without loading the page anew. */
  open(path: string): void;
  /** The same without a new entry in the history. */
  replace(path: string): void;
}

export const [getBoard, setBoard] = createContext<Board>();

export class Board {
  readonly runner: Runner;
  readonly links: Links;
  readonly toasts = new Toasts();
  readonly announcer = new Announcer();
  readonly activity: Activity;
  /** The list that was looked at last: its order is that of the tasks before and after one. */
  listed: ListQuery = { sortBy: 'createdAt', sortOrder: 'desc' };
  readonly engine: Engine;
  readonly bulk: Bulk;
  /** Called to open the palette of commands. */
  onpalette: () => void = () => {};
  /** Called when a task was made here: a menu may want to show it. */
  onmade: () => void = () => {};
  #notices = $state.raw<readonly Notice[]>([]);

  constructor(runner: Runner, links: Links) {
    this.runner = runner;
    this.links = links;
    this.engine = new Engine(runner);
    this.bulk = new Bulk(this);
    this.activity = new Activity(runner, (entry) => {
      this.#announce(entry);
    });
  }

  /** Notices that a person must see, until dismissed. */
  get notices(): readonly Notice[] {
    return this.#notices;
  }

  /** Begins to watch. Returns what stops it. */
  start(): () => void {
    const stops = [this.activity.start(), this.engine.start(), this.runner.onNotice((notice) => this.#heed(notice))];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Makes a task, and has it shown. Says whether that went well. */
  async make(type: string, payload?: unknown, options: EnqueueCallOptions = {}): Promise<boolean> {
    return this.#try(async () => {
      await this.runner.enqueue(type, payload, options);
      this.onmade();
    });
  }

  /** Cancels a task. Undo has it back as it was; one that ran already starts again with all its recorded steps. */
  async cancel(task: Task): Promise<void> {
    await this.#try(async () => {
      await this.runner.cancel(task.id);
      const undo = async () => {
        const [back] = await this.runner.undo(task.id);
        if (back === undefined) await this.runner.retry(task.id);
      };
      this.toasts.show({ text: UNDO.cancelled(task.name), undo: () => void this.#try(undo) });
    });
  }

  async retry(task: Task): Promise<void> {
    await this.#try(() => this.runner.retry(task.id));
  }

  async runNow(task: Task): Promise<void> {
    await this.#try(() => this.runner.runNow(task.id));
  }

  /** Deletes a task with its files. It can be had back for ten seconds. */
  async remove(task: Task): Promise<void> {
    await this.#try(async () => {
      await this.runner.remove(task.id);
      this.activity.removed(task);
      this.toasts.show({ text: UNDO.removed(task.name), undo: () => void this.undo([task.id]) });
    });
  }

  /** The same for all finished tasks, or those that ended in one way. */
  async clearFinished(status: readonly TaskStatus[] = ['completed', 'failed', 'cancelled']): Promise<void> {
    await this.#try(async () => {
      const { changed, ids } = await this.runner.bulk('delete', { status });
      if (changed === 0) this.toasts.show({ text: UNDO.nothingToClear });
      else this.toasts.show({ text: UNDO.cleared(changed), undo: () => void this.undo(ids) });
    });
  }

  /** Has tasks back that were deleted, or cancelled before they ran. Says how many. */
  async undo(ids: readonly string[]): Promise<number> {
    let back = 0;
    await this.#try(async () => {
      back = (await this.runner.undo(ids)).length;
    });
    return back;
  }

  /** Hands a kept file to the person as a download. */
  async download(file: FileRef): Promise<void> {
    await this.#try(async () => {
      saveFile(await this.runner.openFile(file), file.name);
    });
  }

  /** Downloads what a task made: its zip, or its only file. */
  async downloadMain(task: Task): Promise<void> {
    await this.#try(async () => {
      const { artifacts } = await this.runner.detail(task.id);
      const file = fileOfResult(task) ?? mainFileOf(artifacts);
      if (file !== undefined) saveFile(await this.runner.openFile(file), file.name);
    });
  }

  dismiss(notice: Notice): void {
    this.#notices = this.#notices.filter((one) => one !== notice);
  }

  #heed(notice: Notice): void {
    this.activity.notice(notice, NOTICE[notice.kind].title);
    void this.engine.refresh();
    if (notice.kind === 'engine-leads') return;
    this.#notices = [...this.#notices.filter((one) => one.kind !== notice.kind), notice];
  }

  #announce(entry: ActivityEntry): void {
    this.engine.refreshSoon();
    if (entry.many !== undefined) return;
    if (entry.kind === 'completed') this.announcer.say(SAID.completed(entry.text));
    if (entry.kind === 'failed') this.announcer.say(SAID.failed(entry.text));
  }

  async #try(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.toasts.tell(error);
      return false;
    }
  }
}
