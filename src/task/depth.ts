// How deep a value is nested. Cloning, IndexedDB and MessagePack recurse, each with a stack of its own: what one thread
// sends another may be unable to take in, and nobody is told.

import { ErrandError } from './errors.ts';

const MOST_DEPTH = 500;

type Code = 'payload-not-cloneable' | 'result-not-cloneable';

/** Gives the value back. Throws where it cannot be looked at, or is nested too deep to be sent and stored. */
export function checkDepth<T>(value: T, code: Code = 'payload-not-cloneable'): T {
  const details = code === 'payload-not-cloneable' ? { field: 'payload' } : {};
  let isDeep: boolean;
  try {
    isDeep = isTooDeep(value);
  } catch (cause) {
    throw new ErrandError(code, undefined, details, { cause });
  }
  if (!isDeep) return value;
  throw new ErrandError(code, `Data nested more than ${MOST_DEPTH} levels deep cannot be stored. Flatten it.`, details);
}

/** Walks as cloning does: whatever is met twice counts where it is met first. */
export function isTooDeep(value: unknown): boolean {
  if (typeof value !== 'object') return false;
  const seen = new Set<object>();
  const path: Iterator<unknown>[] = [[value].values()];
  for (let top = path[0]; top !== undefined; top = path.at(-1)) {
    const next = top.next();
    if (next.done === true) path.pop();
    else if (typeof next.value === 'object' && next.value !== null && !seen.has(next.value)) {
      if (path.length > MOST_DEPTH) return true;
      seen.add(next.value);
      path.push(childrenOf(next.value));
    }
  }
  return false;
}

function childrenOf(object: object): Iterator<unknown> {
  if (ArrayBuffer.isView(object)) return [][Symbol.iterator]();
  if (object instanceof Map) return [...(object as Map<unknown, unknown>)].flat()[Symbol.iterator]();
  if (object instanceof Set) return (object as Set<unknown>).values();
  return Object.values(object as Record<string, unknown>).values();
}
