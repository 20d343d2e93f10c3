// How large a value is, roughly, and without walking further than need be.

/** What is larger lies apart from its task's row, because rows are read for every list. In bytes. */
export const INLINE_BYTES = 2_048;
/** The largest payload or result that is kept as data; larger content belongs in files. In bytes. */
export const MOST_BYTES = 8 * 1024 * 1024;

/** The rough size of a structured-cloneable value in bytes, exact only in order; stops counting at `enough`. */
export function weigh(value: unknown, enough: number): number {
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  let bytes = 0;
  while (waiting.length > 0 && bytes < enough) {
    const next = waiting.pop();
    if (typeof next === 'string') bytes += 4 + next.length * 2;
    else if (typeof next !== 'object' || next === null) bytes += 8;
    else if (!seen.has(next)) {
      seen.add(next);
      bytes += 16 + weighObject(next, waiting);
    }
  }
  return bytes;
}

function weighObject(object: object, waiting: unknown[]): number {
  if (object instanceof ArrayBuffer) return object.byteLength;
  if (ArrayBuffer.isView(object)) return object.byteLength;
  if (object instanceof Map) for (const [key, each] of object) waiting.push(key, each);
  else if (object instanceof Set) for (const each of object) waiting.push(each);
  else for (const key of Object.keys(object)) waiting.push(key, Reflect.get(object, key));
  return 0;
}
