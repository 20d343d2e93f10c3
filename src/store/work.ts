// One write transaction's working set: rows read, rows changed, nothing awaited. Operations compute on it in memory;
// what it has changed in the end is exactly what the transaction writes, whole rows and tombstones.

import {
  type Claim,
  type ClaimToken,
  ErrandError,
  type TaskEvent,
  type TaskId,
  type TaskRow,
  type TaskState,
  transition,
} from '../task/index.ts';
import { encodeClaims } from './claims.ts';
import { countRow, nothingCounted } from './counts.ts';
import { isBefore, type Place, placeOf } from './place.ts';
import { type HeadRow, KEY_PATHS, type RatesRow, type Rows, type TableName, TABLES } from './schema.ts';

export type Key = string | (string | number)[];

interface Cell {
  key: Key;
  row: object | undefined;
  changed: boolean;
}

/** A task as it was, and as it is: `undefined` where it is not there. */
export interface Moved {
  id: TaskId;
  before: TaskRow | undefined;
  after: TaskRow | undefined;
}

/** What a transaction changes, table by table. The redo log will keep just this. */
export interface Change {
  table: TableName;
  puts: object[];
  deletes: Key[];
  /** Every row whose key begins with these parts goes. */
  deletedPrefixes: (string | number)[][];
  /** All there was goes first. */
  cleared?: true;
}

/** Whose commit this is to be, and when. */
export interface Mark {
  now: number;
  writer: number;
  stamp: number;
}

/** So many engines are told apart that write in turn. */
const MOST_WRITERS = 8;

export class Work {
  readonly now: number;
  readonly #mark: Mark;
  readonly head: HeadRow;
  readonly #claims: Map<TaskId, Claim>;
  #claimsChanged = false;
  #rates: RatesRow | undefined;
  #cleared = false;
  readonly #cells = new Map<TableName, Map<string, Cell>>();
  readonly #prefixes: { table: TableName; parts: (string | number)[] }[] = [];
  /** How to take back what the operation at hand has done. */
  #undo: (() => void)[] = [];
  /** Tasks that this transaction made ready: the claimer looks here, too. */
  readonly newlyReady: TaskId[] = [];
  readonly touched = new Set<TaskId>();
  /** The tasks that were changed, as they were before that, until their consequences are drawn. */
  readonly #moved = new Map<TaskId, TaskRow | undefined>();
  /** The tasks that this transaction gave a link to. */
  readonly #linked = new Map<string, Set<TaskId>>();
  /** What the head's `lowest` was before this transaction. */
  readonly lowestBefore: ReadonlyMap<string, Place>;
  /** The soonest instant at which a task stored here is due. */
  earliestDue = Infinity;

  constructor(mark: Mark, head: HeadRow, claims: Map<TaskId, Claim>) {
    this.now = mark.now;
    this.#mark = mark;
    this.head = head;
    this.#claims = claims;
    this.lowestBefore = new Map(head.lowest);
  }

  /** To be changed by `setClaim` alone. */
  get claims(): Map<TaskId, Claim> {
    return this.#claims;
  }

  /** Makes a row known that was read in this transaction, or that the holder of its claim has at hand. */
  know<T extends TableName>(table: T, key: Key, row: Rows[T] | undefined): void {
    const cells = this.#table(table);
    const id = idOf(key);
    if (!cells.has(id)) cells.set(id, { key, row, changed: false });
  }

  knows(table: TableName, key: Key): boolean {
    return this.#table(table).has(idOf(key));
  }

  /** A row as it stands now. It must have been read: an unknown key is a mistake in the operation. */
  get<T extends TableName>(table: T, key: Key): Rows[T] | undefined {
    const cell = this.#table(table).get(idOf(key));
    if (cell === undefined) throw new ErrandError('internal', `${table} ${String(key)} was not loaded.`);
    return cell.row as Rows[T] | undefined;
  }

  put<T extends Exclude<TableName, 'tasks' | 'meta'>>(table: T, row: Rows[T]): void {
    this.#set(table, keyOf(table, row), row);
  }

  delete(table: Exclude<TableName, 'tasks' | 'meta'>, key: Key): void {
    this.#set(table, key, undefined);
  }

  /** Deletes every row whose key begins with these parts, those put earlier in this transaction included. */
  deletePrefix(table: Exclude<TableName, 'tasks' | 'meta'>, parts: (string | number)[]): void {
    this.#prefixes.push({ table, parts });
    this.#undo.push(() => this.#prefixes.pop());
    this.deleteKnown(table, parts);
  }

  /** Deletes the rows put earlier in this transaction whose key begins with these parts: none is stored. */
  deleteKnown(table: Exclude<TableName, 'tasks' | 'meta'>, parts: (string | number)[]): void {
    for (const { key, changed } of [...this.#table(table).values()]) {
      if (changed && typeof key !== 'string' && parts.every((part, i) => key[i] === part))
        this.#set(table, key, undefined);
    }
  }

  /** The rows of a table that this transaction knows of, as they stand now. */
  *known<T extends TableName>(table: T): Generator<Rows[T]> {
    for (const { row } of this.#table(table).values()) if (row !== undefined) yield row as Rows[T];
  }

  /** A task and the claim on it, or `undefined` if there is no such task. */
  task(id: TaskId): TaskState | undefined {
    const row = this.get('tasks', id);
    return row === undefined ? undefined : { row, claim: this.claims.get(id) };
  }

  /** A task that must be there. Throws `not-found`. */
  found(id: TaskId): TaskState {
    const state = this.task(id);
    if (state === undefined) throw new ErrandError('not-found');
    return state;
  }

  /** Has an event befall a task. Gives its state after that; where it is not there, or the event comes too late, nothing changes. */
  move(id: TaskId, event: TaskEvent, now = this.now): TaskState | undefined {
    const before = this.task(id);
    const after = before === undefined ? undefined : transition(before, event, now);
    if (after !== undefined) this.putTask(after, before);
    return after;
  }

  /** Stores a task's state: its row, its claim, and all that is kept counted. */
  putTask(state: TaskState, before: TaskState | undefined): void {
    const { row, claim, past } = state;
    if (past !== undefined) this.put('runs', { ...past, taskId: row.id });
    if (row !== before?.row) {
      this.#noteMove(row.id, before?.row);
      for (const link of row.links ?? []) this.#note(link, row.id);
      this.#set('tasks', row.id, row);
      this.#count(before?.row, row);
      if (row.lane !== undefined && !isInPlace(row, before?.row)) this.#becameReady(row);
      this.earliestDue = Math.min(this.earliestDue, row.dueAt ?? Infinity, row.expiresAt ?? Infinity);
    }
    if (before?.claim !== undefined && claim === undefined && row.lane !== undefined) this.#becameReady(row);
    if (claim !== before?.claim) this.setClaim(row.id, claim);
    this.touched.add(row.id);
  }

  removeTask(state: TaskState): void {
    this.#set('tasks', state.row.id, undefined);
    this.#noteMove(state.row.id, state.row);
    this.#count(state.row, undefined);
    this.setClaim(state.row.id, undefined);
    this.touched.add(state.row.id);
  }

  /** Takes away a task that came in by mistake: nothing follows of that. */
  takeBack(state: TaskState): void {
    this.removeTask(state);
    this.#moved.delete(state.row.id);
  }

  /** Deletes all that there is, but for the settings. */
  clear(): void {
    this.#cleared = true;
    this.#prefixes.length = 0;
    for (const cells of this.#cells.values()) for (const cell of cells.values()) cell.row = undefined;
    for (const id of [...this.#claims.keys()]) this.setClaim(id, undefined);
    Object.assign(this.head, nothingCounted());
    this.#moved.clear();
    this.newlyReady.length = 0;
    this.headChanged = true;
  }

  /** Stores a task that was deleted before, with what follows from how it differs from what it was then. */
  bringBack(row: TaskRow, was: TaskRow): void {
    this.#noteMove(row.id, was);
    this.putTask({ row }, undefined);
  }

  /** What has been moved since this was asked last: what came and went in between, too. */
  takeMoved(): Moved[] {
    const moved = [...this.#moved].map(([id, before]) => ({ id, before, after: this.#present(id) }));
    this.#moved.clear();
    return moved.filter(({ before, after }) => before !== after || after === undefined);
  }

  /** The tasks that this transaction gave a link to, and that have it still. */
  linkedNow(link: string): TaskId[] {
    return [...(this.#linked.get(link) ?? [])].filter((id) => this.#present(id)?.links?.includes(link) === true);
  }

  /** A task that this transaction knows of. What an operation did that failed is forgotten. */
  #present(id: TaskId): TaskRow | undefined {
    return this.knows('tasks', id) ? this.get('tasks', id) : undefined;
  }

  get isCleared(): boolean {
    return this.#cleared;
  }

  setClaim(id: TaskId, claim: Claim | undefined): void {
    const claims = this.#claims;
    const before = claims.get(id);
    if (before === claim) return;
    if (claim === undefined) claims.delete(id);
    else claims.set(id, claim);
    this.#claimsChanged = true;
    this.#undo.push(() => (before === undefined ? claims.delete(id) : claims.set(id, before)));
  }

  setRates(rates: RatesRow): void {
    this.#rates = rates;
  }

  nextToken(): ClaimToken {
    return ++this.head.lastToken as ClaimToken;
  }

  /** Runs one operation: whatever it throws, nothing of it stays. */
  attempt<R>(apply: (work: Work) => R): R {
    this.#undo = [];
    const ready = this.newlyReady.length;
    const [claimsChanged, headChanged] = [this.#claimsChanged, this.headChanged];
    try {
      return apply(this);
    } catch (error) {
      for (const undo of this.#undo.reverse()) undo();
      this.newlyReady.length = ready;
      this.#claimsChanged = claimsChanged;
      this.headChanged = headChanged;
      throw error;
    }
  }

  /** What has changed. Takes the next `commitSeq`. Nothing at all if no operation changed anything. */
  changes(): Change[] {
    const changes: Change[] = [];
    if (this.#cleared) for (const table of TABLES) this.#table(table);
    for (const [table, cells] of this.#cells) {
      if (table === 'meta') continue;
      const change: Change = { table, puts: [], deletes: [], deletedPrefixes: [] };
      if (this.#cleared) change.cleared = true;
      for (const cell of cells.values()) {
        if (!cell.changed) continue;
        if (cell.row !== undefined) change.puts.push(cell.row);
        else if (!this.#cleared) change.deletes.push(cell.key);
      }
      change.deletedPrefixes = this.#prefixes.filter((each) => each.table === table).map((each) => each.parts);
      if (!isEmpty(change)) changes.push(change);
    }
    return this.#withMeta(changes);
  }

  #withMeta(changes: Change[]): Change[] {
    if (changes.length === 0 && !this.#claimsChanged && !this.headChanged) return changes;
    this.head.commitSeq += 1;
    this.head.stampBefore = this.head.stamp;
    this.head.stamp = this.#mark.stamp;
    this.head.committedAt = this.now;
    this.#noteWriter();
    if (this.#claimsChanged) this.head.claimsSeq = this.head.commitSeq;
    if (changes.some(removesTasks)) this.head.removedSeq = this.head.commitSeq;
    const puts: object[] = this.#claimsChanged ? [this.head, encodeClaims(this.#claims)] : [this.head];
    if (this.#rates !== undefined) puts.push(this.#rates);
    return [...changes, { table: 'meta', puts, deletes: [], deletedPrefixes: [] }];
  }

  #noteWriter(): void {
    const { writer, stamp } = this.#mark;
    const landed = (this.head.landed ??= new Map<number, number>());
    landed.delete(writer);
    landed.set(writer, stamp);
    for (const other of landed.keys()) if (landed.size > MOST_WRITERS) landed.delete(other);
  }

  /** Puts others in the place of the pause rules that name no single task. */
  setRules(rules: HeadRow['rules']): void {
    const before = this.head.rules;
    this.head.rules = rules;
    this.headChanged = true;
    this.#undo.push(() => (this.head.rules = before));
  }

  /** Set by an operation that changes the head alone, such as a setting. */
  headChanged = false;

  #becameReady(row: TaskRow): void {
    this.newlyReady.push(row.id);
    const { lowest } = this.head;
    const lane = row.lane ?? '';
    const before = lowest.get(lane);
    if (before === undefined || isBefore(placeOf(row), before)) lowest.set(lane, placeOf(row));
  }

  #noteMove(id: TaskId, before: TaskRow | undefined): void {
    if (this.#moved.has(id)) return;
    this.#moved.set(id, before);
    this.#undo.push(() => this.#moved.delete(id));
  }

  #note(link: string, id: TaskId): void {
    const ids = this.#linked.get(link);
    if (ids === undefined) this.#linked.set(link, new Set([id]));
    else ids.add(id);
  }

  #table(table: TableName): Map<string, Cell> {
    let cells = this.#cells.get(table);
    if (cells === undefined) this.#cells.set(table, (cells = new Map<string, Cell>()));
    return cells;
  }

  #set(table: TableName, key: Key, row: object | undefined): void {
    const cells = this.#table(table);
    const id = idOf(key);
    const before = cells.get(id);
    cells.set(id, { key, row, changed: true });
    const more = table === 'trash' ? Number(row !== undefined) - Number(before?.row !== undefined) : 0;
    this.head.trashed += more;
    this.#undo.push(() => {
      this.head.trashed -= more;
      if (before === undefined) cells.delete(id);
      else cells.set(id, before);
    });
  }

  #count(before: TaskRow | undefined, after: TaskRow | undefined): void {
    if (before !== undefined) countRow(this.head, before, -1);
    if (after !== undefined) countRow(this.head, after, 1);
    this.#undo.push(() => {
      if (before !== undefined) countRow(this.head, before, 1);
      if (after !== undefined) countRow(this.head, after, -1);
    });
  }
}

function isInPlace(row: TaskRow, before: TaskRow | undefined): boolean {
  return row.lane === before?.lane && row.rank === before?.rank;
}

function isEmpty({ puts, deletes, deletedPrefixes, cleared }: Change): boolean {
  return puts.length + deletes.length + deletedPrefixes.length === 0 && cleared !== true;
}

function removesTasks({ table, deletes, cleared }: Change): boolean {
  return (table === 'tasks' || table === 'trash') && (deletes.length > 0 || cleared === true);
}

function idOf(key: Key): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

/** The primary key of a row. */
export function keyOf(table: TableName, row: object): Key {
  const path: readonly string[] = KEY_PATHS[table];
  const parts = path.map((property) => Reflect.get(row, property) as string | number);
  return path.length === 1 ? String(parts[0]) : parts;
}
