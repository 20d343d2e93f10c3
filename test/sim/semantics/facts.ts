// What is known of a history by those who saw it: what actors asked and were told, what handlers did outside, what came to
// the disk, and what befell the world. It only grows, and everything that is checked is checked against it.

import type { Origin } from '../world/origin.ts';
import type { Realm } from '../world/realm.ts';

export type Mode = 'ok' | 'fail' | 'hopeless' | 'hang' | 'deaf' | 'crash' | 'snooze' | 'steps' | 'map';

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

export type Left = 'returned' | 'threw' | 'stopped' | 'snoozed';

export type Happening =
  | { what: 'asked'; call: number; name: string; args: readonly unknown[] }
  | { what: 'told'; call: number; answer: unknown }
  | { what: 'refused'; call: number; code: string }
  | { what: 'began'; run: RunFact; payload: Payload }
  | { what: 'left'; run: RunFact; how: Left; value?: unknown }
  | { what: 'worked' | 'item'; run: RunFact; step: string; index?: number }
  | { what: 'kept'; run: RunFact; step: string; value: unknown }
  | { what: 'claimed'; id: string; token: number; engine: string; run: number }
  | { what: 'let go'; id: string; token: number }
  | { what: 'moved'; id: string; to: string; run: number; waiting?: string | undefined }
  | { what: 'died'; run?: RunFact }
  | { what: 'befell'; fault: string };

export type Fact = { order: number; at: number; wall: number; where: string } & Happening;
export type FactOf<W extends Happening['what']> = Extract<Fact, { what: W }>;

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

  note(where: string, happening: Happening): number {
    const { scheduler, wallNow = 0 } = this.origin ?? {};
    const order = this.all.length;
    this.all.push({ order, at: scheduler?.now ?? 0, wall: wallNow, where, ...structuredClone(happening) });
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

  of<W extends Happening['what']>(what: W): FactOf<W>[] {
    return this.all.filter((fact): fact is FactOf<W> => fact.what === what);
  }

  #died(realm: Realm): void {
    const run = this.open.get(realm);
    this.open.delete(realm);
    this.note(realm.name, { what: 'died', ...(run && { run }) });
  }
}
