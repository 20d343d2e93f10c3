// Messages between realms: copied as the browser copies them, delivered as tasks, and lost where either side has ended.

import { Emitter } from './emitter.ts';
import type { Realm } from './realm.ts';

/** One end of a channel. */
export class Port extends Emitter {
  owner: Realm;
  #peer: Port | undefined;
  #isOpen = true;

  constructor(owner: Realm) {
    super();
    this.owner = owner;
  }

  static pair(here: Realm, there: Realm): [Port, Port] {
    const [one, other] = [new Port(here), new Port(there)];
    one.#peer = other;
    other.#peer = one;
    return [one, other];
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    const peer = this.#peer;
    const data = copied(message, transfer);
    if (peer === undefined || !this.owner.isAlive || !this.#isOpen) return;
    for (const each of transfer) if (each instanceof Port) each.owner = peer.owner;
    peer.owner.post(() => {
      if (peer.#isOpen) peer.emit('message', { data });
    });
  }

  /** Messages are delivered as tasks, so that whoever listens at once misses none. */
  start(): void {
    // Nothing is kept back.
  }

  close(): void {
    this.#isOpen = false;
  }
}

/** `new MessageChannel()` for one realm. */
export function channelOf(realm: Realm) {
  return class MessageChannel {
    readonly port1: Port;
    readonly port2: Port;

    constructor() {
      [this.port1, this.port2] = Port.pair(realm, realm);
    }
  };
}

/** A structured clone. Ports are handed over; Blobs never change, so they are shared. Throws `DataCloneError`. */
export function copied(message: unknown, transfer: readonly unknown[] = []): unknown {
  const kept: unknown[] = [];
  const natives = transfer.filter((each) => !(each instanceof Port)) as ArrayBuffer[];
  const marked = mapped(message, (value) => (isKept(value) ? { [MARK]: kept.push(value) - 1 } : undefined));
  const clone: unknown = structuredClone(marked, { transfer: natives });
  if (kept.length === 0) return clone;
  return mapped(clone, (value) => (isMark(value) ? kept[value[MARK]] : undefined));
}

const MARK = 'sim:kept';

function isKept(value: object): boolean {
  return value instanceof Port || value instanceof Blob;
}

function isMark(value: object): value is { [MARK]: number } {
  return MARK in value;
}

/** The same plain objects and arrays with some values replaced; the same object where none is. */
function mapped(value: unknown, replace: (value: object) => unknown, seen = new Set<object>()): unknown {
  if (typeof value !== 'object' || value === null || seen.has(value)) return value;
  const replaced = replace(value);
  if (replaced !== undefined) return replaced;
  seen.add(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => mapped(item, replace, seen));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, mapped(item, replace, seen)] as const);
  return entries.some(([key, item]) => item !== Reflect.get(value, key)) ? Object.fromEntries(entries) : value;
}
