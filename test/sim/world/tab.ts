// A tab: a page, the worker that it starts, and the workers that this one starts. They crash together.

import { Emitter } from './emitter.ts';
import type { Origin } from './origin.ts';
import { Port } from './port.ts';
import { type Lands, Realm } from './realm.ts';
import type { Scheduler } from './scheduler.ts';
import { scopeOf, type Witness } from './scope.ts';
import type { Script } from './script.ts';

export interface TabSetup {
  name: string;
  origin: Origin;
  /** The scripts that can be loaded, by their address. */
  scripts: Readonly<Record<string, Script>>;
  witness?: Witness | undefined;
  /** What a tab keeps over a crash of its page, if it is loaded again in the same one. */
  session?: Map<string, string>;
}

export class Tab {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly session: Map<string, string>;
  readonly #setup: TabSetup;
  readonly #realms = new Set<Realm>();
  #workers = 0;
  #hasCrashed = false;
  /** Resolves when the tab crashes. */
  readonly crashed: Promise<'crashed'>;
  #tellCrash: (what: 'crashed') => void = () => undefined;

  constructor(setup: TabSetup) {
    this.#setup = setup;
    this.name = setup.name;
    this.scheduler = setup.origin.scheduler;
    this.session = setup.session ?? new Map<string, string>();
    this.crashed = new Promise((resolve) => (this.#tellCrash = resolve));
  }

  get hasCrashed(): boolean {
    return this.#hasCrashed;
  }

  /** Loads a script as the page's, and gives what it exports. */
  open<T>(href: string): T {
    return this.#run(this.#realm('page', href), href) as T;
  }

  /** The page and its workers. */
  get realms(): Realm[] {
    return [...this.#realms];
  }

  /** Its workers, the engine first. */
  get workers(): Realm[] {
    return this.realms.slice(1);
  }

  /** Nothing in it moves for so long, as in a tab that a browser has frozen. */
  freeze(ms: number): void {
    for (const realm of this.#realms) realm.freeze(ms);
  }

  /** An event of the browser's own, told to every realm. */
  tell(type: string): void {
    for (const realm of this.#realms) realm.post(() => realm.self.emit(type));
  }

  /** Everything in it ends, in the middle of whatever it did. */
  crash(lands: Lands = 'nothing'): void {
    if (this.#hasCrashed) return;
    this.#hasCrashed = true;
    for (const realm of this.#realms) realm.end(lands);
    this.#tellCrash('crashed');
  }

  #realm(name: string, href: string): Realm {
    const realm = new Realm(this, name);
    this.#realms.add(realm);
    realm.onEnd(() => this.#realms.delete(realm));
    Object.assign(realm.self, { name, location: { href } });
    return realm;
  }

  #run(realm: Realm, href: string): unknown {
    const { origin, scripts, witness = () => undefined } = this.#setup;
    const script = scripts[href];
    if (script === undefined) throw new Error(`There is no script ${href}.`);
    const Worker = this.#workerOf(realm);
    return script(scopeOf({ realm, origin, Worker, sessionStorage: storageOf(this.session), witness }));
  }

  /** `Worker` for one realm. */
  #workerOf(realm: Realm) {
    const start = (href: string, name: string, worker: Emitter) => this.#start(realm, href, name, worker);
    return class Worker extends Emitter {
      readonly #child: { port: Port; terminate: () => void };

      constructor(href: string | URL, { name = 'engine' }: { name?: string } = {}) {
        super();
        this.#child = start(String(href), name, this);
      }

      postMessage(message: unknown, transfer?: readonly unknown[]): void {
        this.#child.port.postMessage(message, transfer);
      }

      terminate(): void {
        this.#child.terminate();
      }
    };
  }

  #start(parent: Realm, href: string, name: string, worker: Emitter) {
    const child = this.#realm(`${name}-${++this.#workers}`, href);
    const [outside, inside] = Port.pair(parent, child);
    outside.addEventListener('message', ({ data }) => worker.emit('message', { data }));
    inside.addEventListener('message', ({ data }) => child.self.emit('message', { data }));
    const end = () => child.end();
    Object.assign(child.self, {
      name,
      postMessage: (message: unknown, transfer?: readonly unknown[]) => inside.postMessage(message, transfer),
      close: end,
    });
    child.onError = (error) => parent.post(() => worker.emit('error', { message: String(error), error }));
    parent.onEnd(end);
    child.post(() => this.#run(child, href));
    if (!parent.isAlive) end();
    const terminate = () => {
      outside.close();
      end();
    };
    return { port: outside, terminate };
  }
}

function storageOf(kept: Map<string, string>) {
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}
