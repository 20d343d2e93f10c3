// How a request becomes a stored task: checked whole, its files copied in, and only then written.

import {
  type Arrival,
  type FileRow,
  insert,
  type Inserted,
  notThere,
  restart,
  type Store,
  update as updateTask,
} from '../store/index.ts';
import {
  checkRequest,
  checkUpdate,
  type Clock,
  draft,
  type EnqueueRequest,
  ErrandError,
  type FileRef,
  type FollowUp,
  idMaker,
  INLINE_BYTES,
  isFileRef,
  MOST_BYTES,
  type TaskDefinition,
  type TaskId,
  type TaskState,
  type TaskUpdate,
  weigh,
} from '../task/index.ts';
import { refuseCircles, withPlaces } from './places.ts';
import { LOCAL } from './local.ts';
import type { Principal } from './runner.ts';

/** Called while files are copied in. */
export type OnCopied = (copiedBytes: number, totalBytes: number) => void;

interface PendingFile {
  row: FileRow;
  content: Blob;
}

interface Checked {
  arrival: Arrival;
  files: PendingFile[];
}

export class Intake {
  readonly #store: Store;
  readonly #definitions: ReadonlyMap<string, TaskDefinition>;
  readonly #clock: Clock;
  readonly #newId: () => TaskId;

  constructor(store: Store, definitions: ReadonlyMap<string, TaskDefinition>, clock: Clock) {
    this.#store = store;
    this.#definitions = definitions;
    this.#clock = clock;
    this.#newId = idMaker(clock);
  }

  /** Stores all of the requested tasks or none. */
  async take(requests: readonly EnqueueRequest[], who: Principal = LOCAL, onCopied?: OnCopied): Promise<Inserted[]> {
    const checked: Checked[] = [];
    const together = withPlaces(requests, this.#newId);
    for (const request of together) checked.push(await this.#check(request, who));
    refuseCircles(checked.map(({ arrival }) => arrival.row));
    const files = checked.flatMap((each) => each.files);
    await this.#store.room.admit(files.reduce((sum, file) => sum + file.row.size, 0));
    if (files.length > 0) await this.#copyIn(files, onCopied);
    try {
      const inserted = await this.#store.do(insert(checked.map((each) => each.arrival)));
      await this.#forget(checked.filter((_, i) => inserted[i]?.taken === false).flatMap((each) => each.files));
      return inserted;
    } catch (error) {
      await this.#forget(files);
      throw withField(error);
    }
  }

  /** Rejects as an enqueue of it would, as far as can be told before; copies nothing in and writes nothing. */
  async check(request: EnqueueRequest, who: Principal): Promise<void> {
    const { row } = (await this.#check(request, who)).arrival;
    const { parentId, dependsOn } = row;
    if (parentId !== undefined && (await this.#store.task(parentId)) === undefined)
      throw notThere('parentId', parentId);
    for (const id of dependsOn?.tasks ?? [])
      if ((await this.#store.task(id)) === undefined) throw notThere('dependsOn', id);
  }

  async takeOne(request: EnqueueRequest): Promise<Inserted> {
    const [inserted] = await this.take([request]);
    if (inserted === undefined) throw new ErrandError('internal');
    return inserted;
  }

  /** A new run of a task that has ended, with another payload. */
  async restart(id: TaskId, given: unknown, triggeredBy: string): Promise<TaskState> {
    const state = await this.#store.task(id);
    if (state === undefined) throw new ErrandError('not-found');
    const { payload, payloadApart, files } = await this.#payload(state.row.type, given);
    for (const file of files) file.row.taskId = id;
    if (files.length > 0) await this.#copyIn(files);
    try {
      const change = { value: payload, apart: payloadApart, files: files.map((file) => file.row) };
      return await this.#store.do(restart(id, triggeredBy, change));
    } catch (error) {
      await this.#forget(files);
      throw withField(error);
    }
  }

  /** Changes a pending task, its payload included where no run has begun. */
  async update(id: TaskId, update: TaskUpdate, by: string): Promise<TaskState> {
    const state = await this.#store.task(id);
    if (state === undefined) throw new ErrandError('not-found');
    const now = this.#clock.now();
    const change = checkUpdate(fieldsOf(update), state.row.type, now);
    if (change.onComplete !== undefined) change.onComplete = this.#followUp(change.onComplete);
    const edit = { at: now, by, fields: Object.keys(update).filter((key) => Reflect.get(update, key) !== undefined) };
    if (!Object.hasOwn(update, 'payload')) return this.#store.do(updateTask(id, change, edit));
    const { payload, payloadApart, files } = await this.#payload(state.row.type, update.payload);
    for (const file of files) file.row.taskId = id;
    if (files.length > 0) await this.#copyIn(files);
    Object.assign(change, payloadApart ? { payloadApart: true } : { payload });
    try {
      const given = { value: payload, apart: payloadApart, files: files.map((file) => file.row) };
      return await this.#store.do(updateTask(id, change, edit, given));
    } catch (error) {
      await this.#forget(files);
      throw error;
    }
  }

  /** With the version that its type has now: it may be made long after. */
  #followUp(onComplete: FollowUp): FollowUp {
    return withoutFiles({ ...onComplete, typeVersion: this.#definitions.get(onComplete.type)?.version ?? 1 });
  }

  async #check(request: EnqueueRequest, who: Principal): Promise<Checked> {
    const now = this.#clock.now();
    const { payload, payloadApart, files } = await this.#payload(request.type, request.payload);
    const typeVersion = request.typeVersion ?? this.#definitions.get(request.type)?.version ?? 1;
    const constraints = request.constraints ?? this.#definitions.get(request.type)?.constraints;
    const creator = who.role === 'admin' ? (request.creator ?? who.user) : who.user;
    const row = draft(
      checkRequest({ ...request, typeVersion, payload, creator, ...(constraints !== undefined && { constraints }) }),
      {
        now,
        newId: this.#newId,
        payloadApart,
      },
    );
    const onComplete = row.onComplete ?? this.#definitions.get(request.type)?.onComplete;
    if (onComplete !== undefined) row.onComplete = this.#followUp(onComplete);
    const arrival: Arrival = { row, ownId: request.id !== undefined, files: files.map((file) => file.row) };
    for (const file of files) file.row.taskId = row.id;
    if (payloadApart) arrival.payload = { taskId: row.id, kind: 'payload', index: 0, value: payload };
    return { arrival, files };
  }

  /** A payload as it is kept: with references in place of its files, by the type's schema, no larger than may be. */
  async #payload(
    type: string,
    given: unknown,
  ): Promise<{ payload: unknown; payloadApart: boolean; files: PendingFile[] }> {
    const definition = this.#definitions.get(type);
    const files: PendingFile[] = [];
    const replaced = replaceFiles(given, (file) => this.#pend(file, files, this.#clock.now()));
    const payload = definition === undefined ? replaced : await validated(definition, replaced);
    const bytes = weigh(payload, MOST_BYTES + 1);
    if (bytes > MOST_BYTES)
      throw new ErrandError('payload-too-large', undefined, { field: 'payload', mostBytes: MOST_BYTES });
    return { payload, payloadApart: bytes > INLINE_BYTES, files };
  }

  #pend(content: Blob, files: PendingFile[], now: number): FileRef {
    const { name = '', lastModified = now } = content instanceof File ? content : {};
    const ref = { id: this.#newId(), name, type: content.type, size: content.size, lastModified };
    files.push({ row: { ...ref, taskId: '' as TaskId, role: 'payload', createdAt: now }, content });
    return { $type: 'file', ...ref };
  }

  async #copyIn(files: readonly PendingFile[], onCopied?: OnCopied): Promise<void> {
    const total = files.reduce((sum, file) => sum + file.row.size, 0);
    let copied = 0;
    try {
      for (const { row, content } of files) {
        const { data } = await this.#store.writeFile(row.id, content, (bytes) => onCopied?.((copied += bytes), total));
        if (data !== undefined) row.data = data;
      }
    } catch (error) {
      await this.#forget(files);
      throw isUnreadable(error) ? unreadable(files, error) : error;
    }
  }

  #forget(files: readonly PendingFile[]): Promise<void> {
    return this.#store.files.delete(files.map((file) => file.row.id));
  }
}

/** What follows is made long after this call, when its files would be gone. */
function withoutFiles(onComplete: FollowUp): FollowUp {
  const refuse = () => {
    throw new ErrandError('invalid-request', 'onComplete.payload contains a file. Pass its id or name instead.', {
      field: 'onComplete',
    });
  };
  replaceFiles(onComplete.payload, refuse);
  return onComplete;
}

function fieldsOf(update: TaskUpdate): TaskUpdate {
  if (typeof update === 'object' && (update as object | null) !== null) return update;
  throw new ErrandError('invalid-request', 'An update must be an object.', { field: 'update' });
}

/** The value with each File and Blob replaced, in place: it is this thread's own copy. */
function replaceFiles(value: unknown, replace: (file: Blob) => FileRef): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Blob) return replace(value);
  const seen = new Set<object>([value]);
  const waiting: object[] = [value];
  const visit = (child: unknown, set: (ref: FileRef) => void) => {
    if (typeof child !== 'object' || child === null || seen.has(child)) return;
    if (child instanceof Blob) {
      set(replace(child));
      return;
    }
    seen.add(child);
    waiting.push(child);
  };
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) visitChildren(next, visit);
  return value;
}

function visitChildren(parent: object, visit: (child: unknown, set: (ref: FileRef) => void) => void): void {
  if (parent instanceof Map) {
    for (const [key, child] of parent as Map<unknown, unknown>) visit(child, (ref) => parent.set(key, ref));
  } else if (Array.isArray(parent) || Object.getPrototypeOf(parent) === Object.prototype) {
    if (isFileRef(parent)) return;
    for (const key of Object.keys(parent)) visit(Reflect.get(parent, key), (ref) => Reflect.set(parent, key, ref));
  }
}

async function validated(definition: TaskDefinition, payload: unknown): Promise<unknown> {
  if (definition.payload === undefined) return payload;
  const result = await definition.payload['~standard'].validate(payload);
  if (result.issues === undefined) return result.value;
  const issue = result.issues[0];
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  const field = ['payload', ...path].join('.');
  throw new ErrandError('invalid-request', `${field}: ${issue?.message ?? 'is not valid'}`, { field });
}

/** What messages carry and the database does not is found out where the field is not known any more. */
function withField(error: unknown): unknown {
  if (!(error instanceof ErrandError) || error.code !== 'payload-not-cloneable') return error;
  return new ErrandError(error.code, undefined, { field: 'payload' }, { cause: error });
}

/** A file that was moved, changed or taken away between being chosen and being read. */
function isUnreadable(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotReadableError' || error.name === 'NotFoundError');
}

function unreadable(files: readonly PendingFile[], cause: unknown): ErrandError {
  const message = 'A file could not be read: it was changed or moved after it was chosen. Choose it again.';
  return new ErrandError('invalid-request', message, { field: 'payload', files: files.length }, { cause });
}
