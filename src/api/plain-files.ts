// Payloads as they come: values as `toPlain` writes them, and new files with their bytes in base64.

import { type FileRef, fromPlain } from '../task/index.ts';

/** Reads a value. Throws a `SyntaxError` that says what is wrong. */
export function readPlain(json: unknown): unknown {
  const files = new Map<string, File>();
  const named = withoutContent(json, files, 0);
  // A file may stand wherever its reference may: an enqueue takes either.
  return fromPlain(named, { file: (ref) => (files.get(ref.id) as unknown as FileRef | undefined) ?? ref });
}

const MOST_DEPTH = 520;

/** With a reference in place of each new file. Arrays and objects keep their places, to which others may refer. */
function withoutContent(json: unknown, files: Map<string, File>, depth: number): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (depth > MOST_DEPTH) throw new SyntaxError(`It is nested more than ${MOST_DEPTH} levels deep.`);
  if (Array.isArray(json)) return json.map((each) => withoutContent(each, files, depth + 1));
  const entries = Object.entries(json);
  if (isNewFile(json)) {
    const id = `new:${files.size}`;
    const file = fileOf(json);
    files.set(id, file);
    const { name, type, size, lastModified } = file;
    return { $type: 'file', id, name, type, size, lastModified };
  }
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutContent(each, files, depth + 1)]));
}

function isNewFile(json: object): json is Record<string, unknown> {
  return Object.hasOwn(json, '$type') && Reflect.get(json, '$type') === 'file' && Object.hasOwn(json, 'base64');
}

const FIELDS = ['$type', 'name', 'type', 'base64', 'lastModified'];

function fileOf(json: Record<string, unknown>): File {
  const { name = 'file', type = '', base64, lastModified = 0 } = json;
  const areRight = [name, type, base64].every((each) => typeof each === 'string') && Number.isFinite(lastModified);
  if (!areRight || Object.keys(json).some((key) => !FIELDS.includes(key)))
    throw new SyntaxError('A new file has a name, a type and its bytes as base64, and nothing else.');
  const bytes = fromPlain({ $type: 'bytes', base64 }) as ArrayBuffer;
  return new File([bytes], String(name), { type: String(type), lastModified: Math.max(0, Number(lastModified)) });
}
