// What a page and its engine say to each other. Calls go over one Comlink surface and answer with plain data,
// errors included; what the page watches is pushed over a port of its own.

import type { Reply } from '../pool/index.ts';
import type { PageReport } from '../schedule/index.ts';
import type { ListQuery, Task } from '../task/index.ts';
import type { Answer, Arguments, CommandName } from './commands.ts';
import type { LeftToDo } from './outlook.ts';
import type { ListPart, ListQuestion, Notice, Principal, Stats, TaskDetail, TaskPage } from './runner.ts';

/** What a page may keep an eye on. */
export type Watched =
  | { kind: 'task'; id: string }
  | { kind: 'detail'; id: string }
  | { kind: 'list'; query: ListQuery }
  | { kind: 'recent'; user: string }
  | { kind: 'open-list'; query: ListQuery }
  | { kind: 'stats' }
  | { kind: 'finished'; type: string | undefined };

/** What the engine pushes. */
export type Pushed =
  | { kind: 'seen'; watchId: number; value: Task | TaskDetail | TaskPage | ListPart | Stats | Task[] | undefined }
  /** How far a call is: bytes copied in, tasks dealt with. */
  | { kind: 'progress'; callId: number; done: number; total: number }
  | { kind: 'left'; left: LeftToDo }
  | { kind: 'notice'; notice: Notice };

export interface OpenSetup {
  database: string;
  /** Where what it pushes goes. */
  port: Pick<MessagePort, 'postMessage'>;
  maxConcurrent?: number;
  /** The engine that this tab had before it was loaded again, if it had one. */
  predecessor?: string;
  /** The database that this site remembers. */
  generation?: string;
}

export interface OpenedEngine {
  engineId: string;
  generation: string;
  /** The last one that was set. */
  principal: Principal;
}

/** What an engine does for its page. */
export interface EngineSurface {
  /** Called once, first. Opens the database; whatever it needs to push comes over the port. */
  open(setup: OpenSetup): Promise<Reply<OpenedEngine>>;
  call<K extends CommandName>(who: Principal, name: K, args: Arguments<K>): Promise<Reply<Answer<K>>>;
  watch(watchId: number, watched: Watched, who: Principal): void;
  unwatch(watchId: number): void;
  /** Asks a list that is watched. */
  askList(watchId: number, question: ListQuestion): Promise<Reply<string[] | number | undefined>>;
  /** What the page alone can tell of the device. */
  report(fromPage: PageReport): void;
  close(): Promise<Reply<void>>;
}
