// What scripts see as globals. A script is compiled as a function of these names, so that each realm has its own, and
// time and chance are the world's. What is not given is not there: no real timer, no real clock.

import { IDBKeyRange } from 'fake-indexeddb';
import { chance, type Chance } from './chance.ts';
import type { Origin } from './origin.ts';
import { channelOf } from './port.ts';
import type { Realm } from './realm.ts';
import { FolderHandle } from './storage/handles.ts';

// Node 20 is behind the browsers that are supported.
if (!('withResolvers' in Promise)) Object.defineProperty(Promise, 'withResolvers', { value: withResolvers });

/** Everything that a script may ask for by name. */
export const GLOBALS = [
  ...['globalThis', 'self', 'window', 'document', 'process', 'Buffer', 'sessionStorage', 'console', 'witness'],
  ...['indexedDB', 'IDBKeyRange', 'navigator', 'BroadcastChannel', 'MessageChannel', 'Worker'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'],
  ...['Date', 'Math', 'crypto', 'performance', 'FinalizationRegistry'],
] as const;

export type Scope = Partial<Record<(typeof GLOBALS)[number], unknown>>;

/** Told of what scripts do, and where. */
export type Witness = (realm: Realm, ...facts: unknown[]) => unknown;

export interface Surroundings {
  realm: Realm;
  origin: Origin;
  /** Starts a worker of the same tab. */
  Worker: unknown;
  sessionStorage: unknown;
  /** What scripts tell the test of, as long as they live, and what they are answered. */
  witness: Witness;
}

export function scopeOf({ realm, origin, Worker, sessionStorage, witness }: Surroundings): Scope {
  const drawn = chance(origin.drawSeed());
  const scope: Scope = {
    ...storageOf(realm, origin),
    ...timeOf(realm, origin, drawn),
    BroadcastChannel: origin.channels.of(realm),
    MessageChannel: channelOf(realm),
    Worker,
    sessionStorage,
    console: mutedWhenGone(realm),
    witness: (...facts: unknown[]) => (realm.isAlive ? witness(realm, ...facts) : undefined),
  };
  Object.assign(realm.self, scope);
  return { ...scope, globalThis: realm.self, self: realm.self };
}

function storageOf(realm: Realm, origin: Origin): Scope {
  const { disk, meter, hasSyncFiles, bucket } = origin;
  const root = new FolderHandle(disk, '', { realm, meter, isSync: hasSyncFiles });
  const storageBuckets = { open: () => realm.later(() => ({ indexedDB: inBucket })) };
  const inBucket = bucket.of(realm);
  const navigator = {
    hardwareConcurrency: 2,
    userAgent: 'simulated',
    locks: origin.locks.of(realm),
    get onLine() {
      return origin.isOnline;
    },
    ...(!hasSyncFiles && { storageBuckets }),
    storage: {
      ...(origin.hasFolders && { getDirectory: () => realm.later(() => root) }),
      estimate: () => realm.later(() => origin.estimate()),
      persist: () => realm.later(() => true),
      persisted: () => realm.later(() => true),
    },
  };
  return { indexedDB: origin.databases.of(realm), IDBKeyRange, navigator };
}

function timeOf(realm: Realm, origin: Origin, drawn: Chance): Scope {
  const { scheduler } = realm.home;
  const timers = new Map<number, () => void>();
  let last = 0;
  const setTimeout = (run: () => void, ms = 0) => {
    const handle = ++last;
    const fire = () => {
      timers.delete(handle);
      realm.guard(run);
    };
    timers.set(handle, scheduler.timer(realm.lane, fire, ms));
    return handle;
  };
  const clearTimeout = (handle: number) => {
    timers.get(handle)?.();
    timers.delete(handle);
  };
  return {
    setTimeout,
    clearTimeout,
    Date: worldly(origin),
    Math: Object.create(Math, { random: { value: () => drawn.next() } }) as object,
    crypto: {
      getRandomValues: (array: Uint8Array) => {
        for (let i = 0; i < array.length; i++) array[i] = drawn.below(256);
        return array;
      },
    },
    performance: { now: () => scheduler.now, timeOrigin: 0 },
  };
}

/** `Date`, but for what time it is. */
function worldly(origin: Origin): DateConstructor {
  return new Proxy(Date, {
    construct: (target, args: [] | [number]) => new target(args[0] ?? origin.wallNow),
    get: (target, name) => (name === 'now' ? () => origin.wallNow : (Reflect.get(target, name) as unknown)),
  });
}

/** A realm that has ended says no more. */
function mutedWhenGone(realm: Realm): Partial<Console> {
  const say = (method: 'log' | 'error') => {
    return (...words: unknown[]) => {
      if (realm.isAlive) console[method](`[${realm.name}]`, ...words);
    };
  };
  return { log: say('log'), error: say('error'), warn: () => undefined, debug: () => undefined };
}

function withResolvers<T>() {
  const made: Partial<PromiseWithResolvers<T>> = {};
  const promise = new Promise<T>((resolve, reject) => Object.assign(made, { resolve, reject }));
  return { ...made, promise };
}
