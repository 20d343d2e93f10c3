// Web Locks of one origin: held until the callback is done or its realm has ended.

import type { Realm } from './realm.ts';

type Mode = 'exclusive' | 'shared';

interface Request {
  name: string;
  mode: Mode;
  realm: Realm;
  grant(): void;
  /** Of a lock that is held: it was taken away. */
  steal(): void;
}

interface Options {
  mode?: Mode;
  ifAvailable?: boolean;
  steal?: boolean;
  signal?: AbortSignal;
}

type Callback = (lock: { name: string; mode: Mode } | null) => unknown;

export class Locks {
  #held: Request[] = [];
  #pending: Request[] = [];

  /** `navigator.locks` for one realm. */
  of(realm: Realm) {
    return {
      request: (name: string, ...rest: [Callback] | [Options, Callback]) => {
        const [options, callback] = rest.length === 1 ? [{}, rest[0]] : rest;
        return this.#request(realm, name, options, callback);
      },
      query: () => realm.later(() => ({ held: this.#held.map(shown), pending: this.#pending.map(shown) })),
    };
  }

  #request(realm: Realm, name: string, options: Options, callback: Callback): Promise<unknown> {
    const { mode = 'exclusive', ifAvailable = false, steal = false, signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      if (!realm.isAlive) return;
      const aborted = () => {
        this.#drop(request);
        reject(signal?.reason as Error);
      };
      const request: Request = {
        name,
        mode,
        realm,
        grant: () => {
          // Whoever holds it is not asked any more whether to wait for it.
          signal?.removeEventListener('abort', aborted);
          this.#hold(request, callback, resolve, reject);
        },
        steal: () => reject(new DOMException('The lock was stolen.', 'AbortError')),
      };
      realm.onEnd(() => this.#drop(request));
      signal?.addEventListener('abort', aborted, { once: true });
      if (steal) this.#steal(request);
      else if (ifAvailable && !this.#isFree(request, this.#pending)) realm.post(() => resolve(callback(null)));
      else this.#pending.push(request);
      this.#grant();
    });
  }

  #hold(
    request: Request,
    callback: Callback,
    resolve: (value: unknown) => void,
    reject: (reason: unknown) => void,
  ): void {
    const { name, mode, realm } = request;
    const release = () => {
      if (!realm.isAlive) return;
      this.#drop(request);
    };
    realm.post(() => {
      if (!this.#held.includes(request)) return;
      const done = new Promise((keep) => keep(callback({ name, mode })));
      done.then(resolve, reject).finally(release);
    });
  }

  #steal(request: Request): void {
    const robbed = this.#held.filter((other) => other.name === request.name);
    this.#held = this.#held.filter((other) => !robbed.includes(other));
    for (const other of robbed) other.steal();
    this.#pending.unshift(request);
  }

  #drop(request: Request): void {
    this.#held = this.#held.filter((other) => other !== request);
    this.#pending = this.#pending.filter((other) => other !== request);
    this.#grant();
  }

  /** Gives every lock to the first in line for it. */
  #grant(): void {
    for (const request of [...this.#pending]) {
      const before = this.#pending.slice(0, this.#pending.indexOf(request));
      if (!this.#isFree(request, before)) continue;
      this.#pending = this.#pending.filter((other) => other !== request);
      this.#held.push(request);
      request.grant();
    }
  }

  #isFree(request: Request, before: readonly Request[]): boolean {
    return [...this.#held, ...before].every(
      (other) => other.name !== request.name || (other.mode === 'shared' && request.mode === 'shared'),
    );
  }
}

function shown({ name, mode, realm }: Request) {
  return { name, mode, clientId: realm.name };
}
