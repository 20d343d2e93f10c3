// What Node and the pages of the kill matrix say to each other: operations to be done, and what came of them.

import type { KillType } from './page/tasks.worker.ts';

/** A task to enqueue. Its name is unique over all runs, so that it is known again whatever becomes of its id. */
export interface NewTask {
  name: string;
  /** Its name is its id, too; else the engine draws one. */
  ownId: boolean;
  type: KillType;
  /** How many steps, items, failures or bytes it has. */
  size: number;
  priority: number;
  /** It runs so much later. */
  delayMs?: number;
  parentId?: string;
}

/** Something that a tab does with its runner. Its key is unique over all runs. */
export type Op = { key: string } & (
  | { kind: 'enqueue' | 'enqueue-many' | 'enqueue-again'; tasks: NewTask[] }
  | { kind: 'cancel' | 'retry' | 'remove' | 'result'; id: string }
  | { kind: 'configure'; slots: number }
);

/** Operations that are started in one turn of the event loop, and a pause after the last of them has ended. */
export interface Burst {
  ops: Op[];
  pauseMs: number;
}

/** A task as its façade showed it, its long strings shortened. */
export interface Shown {
  version: number;
  status: string;
  result?: unknown;
}

export type Answer =
  { ok: true; ids?: string[]; created?: boolean[]; shown?: Shown } | { ok: false; code: string; message: string };

/** What a page reports while it works. */
export type Report =
  | ['begin', key: string]
  | ['done', key: string, answer: Answer]
  /** Before anybody opened it, the database was there, or not. */
  | ['there', isThere: boolean];

/** A part of a task that says that it begins: the code around the steps (`run`), a step, or an item of a map. */
export interface Start {
  task: string;
  run: number;
  attempt: number;
  part: string;
  /** Drawn anew for each start; it is the part's result. */
  nonce: string;
  /** The worker in which it runs. */
  realm: string;
}

/** Parts whose results the handler was told to be recorded. */
export interface Recorded {
  task: string;
  parts: Record<string, string>;
}

export interface TaskCells {
  id: string;
  name: string;
  type: string;
  creator: string;
  version: number;
  status: string;
  run: number;
  lane?: string;
  dueAt?: number;
  waiting?: string;
  deaths?: number;
  error?: string;
  result?: unknown;
}

/** Everything in the database at one instant, read past the engine. Long strings are shortened. */
export interface Snapshot {
  commitSeq: number;
  generation: string;
  tasks: TaskCells[];
  steps: { taskId: string; name: string; kind: string; status: string; result?: unknown }[];
  chunks: { taskId: string; from: number; results: unknown[] }[];
  /** Per table that is about tasks, the tasks that it has rows of. */
  owners: Record<string, string[]>;
  /** Deleted tasks that could be had back: what belongs to them is still there. */
  trashed: string[];
  counts: [group: string, counts: Record<string, number>][];
  lanes: [lane: string, standing: number][];
  timed: number;
  claimed: string[];
}

/** What a page saw when it opened the database. */
export interface Opened {
  /** Before anybody opened it in this life of the browser, the database was there. */
  wasThere: boolean;
}

/** The database that all of it is about. */
export const DATABASE = 'kill';

/** The content of a task's file or large payload: nobody has to keep it to know it. */
export function contentOf(name: string, bytes: number): string {
  return `${name};`.repeat(Math.ceil(bytes / (name.length + 1)));
}
