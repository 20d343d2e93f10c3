// What is known of a history by those who saw it: what actors asked and were told, what handlers did outside, what came to
// the disk, and what befell the world. It only grows, and everything that is checked is checked against it.

import type { Origin } from '../world/origin.ts';
import type { Realm } from '../world/realm.ts';

export type Mode =
  'ok' | 'fail' | 'hopeless' | 'hang' | 'deaf' | 'crash' | 'snooze' | 'steps' | 'map' | 'sleep' | 'event' | 'child';

/** What a handler is to do. */
export interface Payload {
  mode: Mode;
  ms?: number;
  /** How often it goes wrong before it goes well. */
  times?: number;
}

/** What a handler says of the attempt that it runs. */
export interface RunFact {
  id: string;
  run: number;
  attempt: number;
  type: string;
}

/** What a handler is answered. */
export interface Answer {
  /** No other fact has it. */
  order: number;
  /** How often this run was begun, this time included. */
  begins: number;
}

/** What a handler is told of a task that it depended on. */
export interface DependencyFact {
  id: string;
  status: string;
  result: unknown;
}

export type Left = 'returned' | 'threw' | 'stopped' | 'snoozed' | 'parked';

export type Happening =
  | { what: 'asked'; call: number; name: string; args: readonly unknown[]; by?: string }
  | { what: 'told'; call: number; answer: unknown }
  | { what: 'refused'; call: number; code: string }
  | { what: 'began'; run: RunFact; payload: Payload; dependencies: readonly DependencyFact[] }
  | { what: 'left'; run: RunFact; how: Left; value?: unknown }
  | { what: 'worked' | 'item'; run: RunFact; step: string; index?: number }
  | { what: 'kept'; run: RunFact; step: string; value: unknown }
  | { what: 'claimed'; id: string; token: number; engine: string; claimedAt: number; run: number }
  | { what: 'let go'; id: string; token: number }
  | { what: 'moved'; id: string; to: string; run: number; commit: number; waiting?: string | undefined }
  | { what: 'died'; run?: RunFact }
  | { what: 'befell'; fault: string };

export type Fact = { order: number; at: number; wall: number; where: string } & Happening;
export type FactOf<W extends Happening['what']> = Extract<Fact, { what: W }>;

export const NETWORK_GOES = 'the network goes';
export const NETWORK_COMES = 'the network comes';
export const ALL_DEAF = 'what tabs tell each other is lost';
export const DISK_IS_FULL = 'the disk is full for a while';
/** What an operation on storage comes to. */
export const NEXT_WRITE = 'the next write';
/** Said of a realm, or of a tab with all its realms. */
export const IS_HELD_UP = 'is held up';
export const FAULTS_STOP = 'nothing befalls any more';
const NETWORK = new Set([NETWORK_GOES, NETWORK_COMES, FAULTS_STOP]);
const DEFAULT_SLOTS = 2;
/** A change of another engine is heard of with the next slow poll at the latest. */
const HEARD_MS = 6_000;

export class Facts {
  readonly all: Fact[] = [];
  /** What was found wrong as it happened. */
  readonly complaints: string[] = [];
  /** Whose time it is. */
  origin: Origin | undefined;
  readonly #begins = new Map<string, number>();
  /** The attempts that handlers are in the middle of, by the realm that runs them. */
  readonly open = new Map<Realm, RunFact>();
  readonly #known = new Set<Realm>();
  readonly #types = new Map<string, Set<string>>();
  readonly #hadBack = new Set<string>();

  note(where: string, happening: Happening): number {
    const { scheduler, wallNow = 0 } = this.origin ?? {};
    const order = this.all.length;
    this.all.push({ order, at: scheduler?.now ?? 0, wall: wallNow, where, ...structuredClone(happening) });
    if (happening.what === 'began') {
      const { id, type } = happening.run;
      this.#types.set(id, (this.#types.get(id) ?? new Set()).add(type));
    }
    if (happening.what === 'asked' && happening.name === 'undo')
      for (const id of happening.args[0] as string[]) this.#hadBack.add(id);
    return order;
  }

  complain(complaint: string): void {
    this.complaints.push(`${complaint} (at fact ${this.all.length})`);
  }

  /** Told by handlers, as long as their realm lives. */
  witness = (realm: Realm, what: unknown, run: unknown, details: unknown = {}): Answer => {
    const fact = run as RunFact;
    if (!this.#known.has(realm)) {
      this.#known.add(realm);
      realm.onEnd(() => {
        this.#died(realm);
      });
    }
    const order = this.note(realm.name, { what, run: fact, ...(details as object) } as Happening);
    const key = `${fact.id}/${fact.run}`;
    if (what === 'began') {
      this.#begins.set(key, (this.#begins.get(key) ?? 0) + 1);
      this.open.set(realm, fact);
    }
    if (what === 'left') this.open.delete(realm);
    return { order, begins: this.#begins.get(key) ?? 0 };
  };

  /** The latest that the clock on the wall has shown between two facts. */
  latestWall(from: number, to: number): number {
    return this.all.slice(from, to + 1).reduce((latest, { wall }) => Math.max(latest, wall), 0);
  }

  /** Since when there is no network, before a fact; `Infinity` where there is. */
  offlineSince(order: number): number {
    const last = this.of('befell').findLast((fact) => fact.order < order && NETWORK.has(fact.fault));
    return last?.fault === NETWORK_GOES ? last.at : Infinity;
  }

  /** The most slots that were asked for lately, before a fact: an engine may hear of it late. */
  mostSlots({ order, at, where }: Fact): number {
    const since = this.#heldUpSince(tabOf(where), at) - HEARD_MS;
    const asked = this.of('asked').filter((fact) => fact.name === 'configure' && fact.order < order);
    const slots = asked.map(({ at, args }) => ({ at, count: (args[0] as { maxConcurrent: number }).maxConcurrent }));
    const lately = slots.filter(({ at }) => at >= since);
    const before = slots.findLast(({ at }) => at < since);
    return Math.max(before?.count ?? DEFAULT_SLOTS, ...lately.map(({ count }) => count));
  }

  /** Since when nothing reaches a tab that is held up, or was until now; else now. */
  #heldUpSince(tab: string, now: number): number {
    const spans = this.of('befell').flatMap(({ fault, at }) => {
      const ms = fault.startsWith(`${tab} ${IS_HELD_UP}`) ? Number(/(\d+) ms/.exec(fault)?.[1]) : NaN;
      return at <= now && at + ms + HEARD_MS >= now ? [at] : [];
    });
    return Math.min(now, ...spans);
  }

  /** Of which type it ran; `undefined` where it was deleted and made again of another one. */
  typeOf(id: string): string | undefined {
    const types = [...(this.#types.get(id) ?? [])];
    return types.length === 1 ? types[0] : undefined;
  }

  /** Somebody asked for it to be had back. */
  wasHadBack(id: string): boolean {
    return this.#hadBack.has(id);
  }

  of<W extends Happening['what']>(what: W): FactOf<W>[] {
    return this.all.filter((fact): fact is FactOf<W> => fact.what === what);
  }

  #died(realm: Realm): void {
    const run = this.open.get(realm);
    this.open.delete(realm);
    this.note(realm.name, { what: 'died', ...(run && { run }) });
  }
}

/** The tab that something is, or lives in. */
export function tabOf(where: string): string {
  return where.split('/')[0] ?? where;
}
