// Any structured-cloneable value as plain JSON, and back. What JSON cannot carry is written as an object that names its
// kind: `{"$type": "date" | "map" | "set" | "bigint" | "bytes" | "file" | ...}`. Whatever occurs twice is written once,
// and referred to by its place among all objects, so that circles end.

import { type FileRef, isFileRef } from './file-ref.ts';

/** A payload may be nested 500 levels deep, and lies some levels deep in its row. */
const MOST_DEPTH = 520;
const KIND = '$type';

/** What JSON can carry. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The value as JSON. What no JSON can stand for, such as a key or a picture in memory, becomes `undefined`. */
export function toPlain(value: unknown): Json {
  const seen = new Map<object, number>();
  const write = (each: unknown): Json => {
    if (typeof each !== 'object' || each === null) return primitive(each);
    const place = seen.get(each);
    if (place !== undefined) return { [KIND]: 'ref', place };
    seen.set(each, seen.size);
    return writeObject(each, write);
  };
  return write(value);
}

/** How a value is read back. */
export interface PlainOptions {
  /** What a file's reference becomes. Default: itself. */
  file?: (ref: FileRef) => FileRef;
}

/** What `toPlain` wrote. Throws a `SyntaxError` that says what is wrong: it may come from anywhere. */
export function fromPlain(json: unknown, { file = (ref) => ref }: PlainOptions = {}): unknown {
  const seen: unknown[] = [];
  const read = (each: unknown, depth: number): unknown => {
    if (typeof each !== 'object' || each === null) return each;
    if (depth > MOST_DEPTH) throw new SyntaxError(`It is nested more than ${MOST_DEPTH} levels deep.`);
    const place = seen.push(undefined) - 1;
    const keep = <T>(made: T): T => {
      seen[place] = made;
      return made;
    };
    const next = (child: unknown) => read(child, depth + 1);
    if (Array.isArray(each)) return fill(keep<unknown[]>([]), each, next);
    if (!Object.hasOwn(each, KIND)) return fillObject(keep({}), Object.entries(each), next);
    const kind: unknown = Reflect.get(each, KIND);
    if (kind !== 'ref' && kind !== 'undefined' && kind !== 'bigint' && kind !== 'number')
      return readObject(String(kind), each, { keep, next, file });
    seen.pop();
    return kind === 'ref' ? referred(each, seen) : readPrimitive(kind, each);
  };
  return read(json, 0);
}

function primitive(value: unknown): Json {
  switch (typeof value) {
    case 'bigint':
      return { [KIND]: 'bigint', value: String(value) };
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return { [KIND]: 'number', value: Object.is(value, -0) ? '-0' : String(value) };
    case 'string':
    case 'boolean':
      return value;
    default:
      return value === null ? null : { [KIND]: 'undefined' };
  }
}

function writeObject(value: object, write: (child: unknown) => Json): Json {
  // A hole in an array is read back as `undefined`.
  if (Array.isArray(value)) return Array.from(value, write);
  if (value instanceof Date)
    return { [KIND]: 'date', value: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  if (value instanceof Map)
    return { [KIND]: 'map', entries: [...(value as Map<unknown, unknown>)].map((entry) => entry.map(write)) };
  if (value instanceof Set) return { [KIND]: 'set', values: [...(value as Set<unknown>)].map(write) };
  if (value instanceof ArrayBuffer) return { [KIND]: 'bytes', base64: toBase64(new Uint8Array(value)) };
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { [KIND]: 'bytes', base64: toBase64(bytes), view: viewOf(value) };
  }
  if (value instanceof RegExp) return { [KIND]: 'regexp', source: value.source, flags: value.flags };
  if (value instanceof Error) return { [KIND]: 'error', name: value.name, message: value.message };
  if (isFileRef(value) && isPlainRef(value)) return { ...value };
  if (Object.prototype.toString.call(value) !== '[object Object]') return { [KIND]: 'gone' };
  return writeRecord(value, write);
}

/** An object whose own keys could be taken for something else is written as a list of them. */
function writeRecord(value: object, write: (child: unknown) => Json): Json {
  const keys = Object.keys(value);
  const isPlain = !keys.includes(KIND) && !keys.includes('__proto__');
  const entries = keys.map((key): [string, Json] => [key, write(Reflect.get(value, key))]);
  return isPlain ? Object.fromEntries(entries) : { [KIND]: 'object', entries };
}

const REF_KEYS = ['$type', 'id', 'name', 'type', 'size', 'lastModified'];

function isPlainRef(ref: FileRef): boolean {
  const { id, name, type, size, lastModified } = ref;
  const areRight = [id, name, type].every((each) => typeof each === 'string');
  return (
    areRight &&
    [size, lastModified].every((each) => Number.isFinite(each) && each >= 0 && !Object.is(each, -0)) &&
    Object.keys(ref).every((key) => REF_KEYS.includes(key)) &&
    Object.getPrototypeOf(ref) === Object.prototype
  );
}

interface Reading {
  /** Makes an object known under its place before what it holds is read. */
  keep: <T>(made: T) => T;
  next: (child: unknown) => unknown;
  file: (ref: FileRef) => FileRef;
}

function readObject(kind: string, written: object, { keep, next, file }: Reading): unknown {
  const of = (key: string): unknown => (Object.hasOwn(written, key) ? Reflect.get(written, key) : undefined);
  switch (kind) {
    case 'date':
      return keep(of('value') === null ? new Date(Number.NaN) : dateOf(text(of('value'))));
    case 'map': {
      const map = keep(new Map<unknown, unknown>());
      for (const [key, value] of pairs(of('entries'))) map.set(next(key), next(value));
      return map;
    }
    case 'set': {
      const set = keep(new Set<unknown>());
      for (const value of list(of('values'))) set.add(next(value));
      return set;
    }
    case 'bytes':
      return keep(bytesOf(text(of('base64')), of('view')));
    case 'regexp':
      return keep(new RegExp(text(of('source')), text(of('flags'))));
    case 'error':
      return keep(errorOf(text(of('name')), text(of('message'))));
    case 'object':
      return fillObject(keep({}), pairs(of('entries')), next, true);
    case 'file':
      if (!isFileRef(written) || !isPlainRef(written)) throw new SyntaxError('A reference to a file is not valid.');
      return keep(file({ ...written }));
    case 'gone':
      return undefined;
    default:
      throw new SyntaxError(`There is no $type ${kind.slice(0, 100)}.`);
  }
}

function fill(made: unknown[], children: readonly unknown[], next: Reading['next']): unknown[] {
  for (const child of children) made.push(next(child));
  return made;
}

function fillObject(
  made: object,
  entries: readonly (readonly [unknown, unknown])[],
  next: Reading['next'],
  mayNameAnything = false,
): object {
  for (const [key, child] of entries) {
    if (typeof key !== 'string') throw new SyntaxError('A key is not text.');
    if (key === '__proto__' && !mayNameAnything) throw new SyntaxError('No key may be __proto__.');
    // Not assigned: that would call the setter of __proto__.
    Object.defineProperty(made, key, { value: next(child), writable: true, enumerable: true, configurable: true });
  }
  return made;
}

function readPrimitive(kind: 'undefined' | 'bigint' | 'number', written: object): unknown {
  if (kind === 'undefined') return undefined;
  const value = text(Reflect.get(written, 'value'));
  if (kind === 'number') {
    if (!['NaN', 'Infinity', '-Infinity', '-0'].includes(value)) throw new SyntaxError('A number is not valid.');
    return Number(value);
  }
  if (!/^-?\d{1,10000}$/.test(value)) throw new SyntaxError('A bigint is not valid.');
  return BigInt(value);
}

function referred(written: object, seen: readonly unknown[]): unknown {
  const place: unknown = Reflect.get(written, 'place');
  if (typeof place !== 'number' || !Number.isInteger(place) || place < 0 || place >= seen.length)
    throw new SyntaxError('A reference leads nowhere.');
  return seen[place];
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new SyntaxError('A text is missing.');
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new SyntaxError('A list is missing.');
}

function pairs(value: unknown): readonly (readonly [unknown, unknown])[] {
  return list(value).map((entry) => {
    const [key, each] = list(entry);
    return [key, each] as const;
  });
}

function dateOf(written: string): Date {
  const date = new Date(written);
  if (Number.isNaN(date.getTime())) throw new SyntaxError('A date is not valid.');
  return date;
}

function errorOf(name: string, message: string): Error {
  const error = new Error(message);
  if (name !== error.name) error.name = name;
  return error;
}

const VIEWS: Record<string, new (buffer: ArrayBuffer) => ArrayBufferView> = {
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

function viewOf(view: ArrayBufferView): string {
  return Object.prototype.toString.call(view).slice('[object '.length, -1);
}

function bytesOf(base64: string, view: unknown): ArrayBuffer | ArrayBufferView {
  const { buffer } = fromBase64(base64);
  if (view === undefined) return buffer;
  const View = typeof view === 'string' && Object.hasOwn(VIEWS, view) ? VIEWS[view] : undefined;
  if (View === undefined) throw new SyntaxError('The view of these bytes is not known.');
  try {
    return new View(buffer);
  } catch {
    throw new SyntaxError('The bytes do not fit their view.');
  }
}

/** So many bytes become text in one call: more are too many arguments. */
const PER_CALL = 0x6000;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PER_CALL)
    binary += String.fromCharCode(...bytes.subarray(at, at + PER_CALL));
  return btoa(binary);
}

function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  let binary: string;
  try {
    binary = atob(base64);
  } catch {
    throw new SyntaxError('Bytes are not valid base64.');
  }
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
