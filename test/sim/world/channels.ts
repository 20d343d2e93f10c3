// BroadcastChannel: what one tab says, every other of its origin hears, unless it is lost.

import { Emitter } from './emitter.ts';
import { copied } from './port.ts';
import type { Realm } from './realm.ts';

export class Channels {
  readonly #open = new Set<{ name: string; realm: Realm; emitter: Emitter }>();
  /** Whether a message is lost on its way. */
  loses: () => boolean = () => false;

  /** `BroadcastChannel` for one realm. */
  of(realm: Realm) {
    const open = this.#open;
    const loses = () => this.loses();
    return class BroadcastChannel extends Emitter {
      readonly #mine: { name: string; realm: Realm; emitter: Emitter };

      constructor(name: string) {
        super();
        this.#mine = { name, realm, emitter: this };
        if (realm.isAlive) open.add(this.#mine);
        realm.onEnd(() => open.delete(this.#mine));
      }

      get name(): string {
        return this.#mine.name;
      }

      postMessage(message: unknown): void {
        const data = copied(message);
        if (!realm.isAlive || !open.has(this.#mine)) return;
        for (const other of open) {
          if (other === this.#mine || other.name !== this.name || loses()) continue;
          other.realm.post(() => {
            if (open.has(other)) other.emitter.emit('message', { data });
          });
        }
      }

      close(): void {
        open.delete(this.#mine);
      }
    };
  }
}
