// Identities: task ids that sort by the time they were made, and what a caller's own id may look like.

import type { Clock } from './clock.ts';
import { ErrandError } from './errors.ts';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Names one task for as long as it is kept. A UUIDv7, or the caller's own id. */
export type TaskId = Brand<string, 'TaskId'>;
/** Names one run of a task: the task's id and the run's index. */
export type RunId = Brand<string, 'RunId'>;
/** Names one claim. It only grows, so that an older one can be told from a newer (a fencing token). */
export type ClaimToken = Brand<number, 'ClaimToken'>;
/** Names one engine for as long as it lives. */
export type EngineId = Brand<string, 'EngineId'>;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const LONGEST_ID = 200;

/** Makes UUIDv7s (RFC 9562, 5.7) that grow strictly within this maker, even within one millisecond. */
export function idMaker(clock: Clock): () => TaskId {
  const bytes = new Uint8Array(16);
  let last = 0;
  let counter = 0;
  return () => {
    const now = clock.now();
    clock.bytes(bytes);
    if (now > last) {
      last = now;
      counter = (((bytes[6] ?? 0) & 0x07) << 8) | (bytes[7] ?? 0);
    } else if (++counter > 0xfff) {
      last += 1;
      counter = 0;
    }
    return uuidV7(last, counter, bytes) as TaskId;
  };
}

function uuidV7(ms: number, counter: number, random: Uint8Array): string {
  const high = Math.floor(ms / 0x100000000);
  const b = [high >>> 8, high, ms >>> 24, ms >>> 16, ms >>> 8, ms, 0x70 | (counter >>> 8), counter];
  b.push(0x80 | ((random[8] ?? 0) & 0x3f));
  for (let i = 9; i < 16; i++) b.push(random[i] ?? 0);
  const hex = b.map((byte) => HEX[byte & 0xff]).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Takes a caller's own id: 1 to 200 characters, no control characters. Throws `invalid-request` otherwise. */
export function checkTaskId(id: string, field = 'id'): TaskId {
  if (typeof (id as unknown) !== 'string' || id.length === 0 || id.length > LONGEST_ID || /\p{Cc}/u.test(id)) {
    throw new ErrandError(
      'invalid-request',
      `${field} must be 1 to ${LONGEST_ID} characters without control characters`,
      {
        field,
      },
    );
  }
  return id as TaskId;
}

/** Takes any text as the id of a task that may or may not be there. Throws `invalid-request` otherwise. */
export function checkIdText(id: string): string {
  if (typeof (id as unknown) === 'string') return id;
  throw new ErrandError('invalid-request', 'id must be the id of a task.', { field: 'id' });
}

/** The id of a task's child: the nth of that name that a handler asks for, while it works on that set of steps. */
export function childIdOf(parent: TaskId, stepSet: number, name: string, nth: number): TaskId {
  const id = `${parent}/${stepSet}/${name}/${nth}`;
  return (id.length <= LONGEST_ID && !/\p{Cc}/u.test(id) ? id : `child-${digest(id)}`) as TaskId;
}

/** 128 bits that tell texts apart, unless somebody wants them not to. */
function digest(text: string): string {
  return [1, 2, 3, 4]
    .map((seed) => {
      let hash = seed;
      for (let i = 0; i < text.length; i++) {
        hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1);
        hash ^= hash >>> (11 + seed);
      }
      return (hash >>> 0).toString(16).padStart(8, '0');
    })
    .join('');
}

/** The id of a task's run. */
export function runIdOf(taskId: TaskId, index: number): RunId {
  return `${taskId}#${index}` as RunId;
}
