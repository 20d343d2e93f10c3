// The board's root: the runner it was given, and what a person can do with tasks, each with its undo.

import { createContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { Notice, Runner } from '../runner/index.ts';
import { type FileRef, isFinal, type ListQuery, type Task } from '../task/index.ts';
import { Activity, type ActivityEntry } from './activity/activity.svelte.ts';
import { fileOfResult, mainFileOf } from './detail/files-of-task.ts';
import { saveFile } from './detail/save-file.ts';
import { Engine } from './engine/engine.svelte.ts';
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
  #notices = $state.raw<readonly Notice[]>([]);
  #hidden = new SvelteSet<string>();

  constructor(runner: Runner, links: Links) {
    this.runner = runner;
    this.links = links;
    this.engine = new Engine(runner);
    this.activity = new Activity(runner, (entry) => {
      this.#announce(entry);
    });
  }

  /** Notices that a person must see, until dismissed. */
  get notices(): readonly Notice[] {
    return this.#notices;
  }

  /** Begins to watch. Returns what stops it, settling first what could still be undone. */
  start(): () => void {
    const stops = [this.activity.start(), this.engine.start(), this.runner.onNotice((notice) => this.#heed(notice))];
    return () => {
      this.toasts.settleAll();
      for (const stop of stops) stop();
    };
  }

  /** Whether a task is on its way out: deleted, but for the undo. */
  isHidden(id: string): boolean {
    return this.#hidden.has(id);
  }

  /** Cancels a task. Undo starts it again with all its recorded steps. */
  async cancel(task: Task): Promise<void> {
    await this.#try(async () => {
      await this.runner.cancel(task.id);
      this.toasts.show({ text: UNDO.cancelled(task.name), undo: () => void this.retry(task) });
    });
  }

  async retry(task: Task): Promise<void> {
    await this.#try(() => this.runner.retry(task.id));
  }

  /** Takes a finished task out of sight, and deletes it once the time to undo is over. */
  remove(task: Task): void {
    this.#hide([task.id]);
    this.toasts.show({
      text: UNDO.removed(task.name),
      undo: () => this.#show([task.id]),
      settle: () => {
        this.activity.removed(task);
        void this.#delete([task.id]);
      },
    });
  }

  /** The same for all finished tasks. */
  async clearFinished(): Promise<void> {
    const ids = await this.#finishedIds();
    if (ids.length === 0) {
      this.toasts.show({ text: UNDO.nothingToClear });
      return;
    }
    this.#hide(ids);
    this.toasts.show({
      text: UNDO.cleared(ids.length),
      undo: () => this.#show(ids),
      settle: () => void this.#delete(ids),
    });
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

  async #finishedIds(): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const query = {
        status: ['completed', 'failed', 'cancelled'],
        limit: 1_000,
        ...(cursor !== null && { cursor }),
      } as const;
      const page = await this.runner.list(query);
      ids.push(
        ...page.tasks.filter((task) => isFinal(task.status) && !this.#hidden.has(task.id)).map((task) => task.id),
      );
      cursor = page.nextCursor;
    } while (cursor !== null);
    return ids;
  }

  #hide(ids: readonly string[]): void {
    for (const id of ids) this.#hidden.add(id);
  }

  #show(ids: readonly string[]): void {
    for (const id of ids) this.#hidden.delete(id);
  }

  /** One that cannot be deleted comes back into sight. */
  async #delete(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.#try(() => this.runner.remove(id)).finally(() => this.#show([id]));
    }
  }

  async #try(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.toasts.tell(error);
    }
  }
}
