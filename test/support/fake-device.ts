// A device to be read: each part is an event target with what a browser would have there.

import type { Realm } from '../../src/schedule/index.ts';

/** An event target whose properties a test changes; each change is told of. */
export function part<T extends object>(type: string, facts: T) {
  const target = new EventTarget();
  const set = (change: Partial<T>) => {
    Object.assign(made, change);
    target.dispatchEvent(new Event(type));
  };
  const made = Object.assign(target, facts, { set });
  return made;
}

export interface FakeRealm extends Realm {
  emit(type: string): void;
}

export function fakeRealm(parts: Partial<Realm> = {}): FakeRealm {
  const scope = new EventTarget();
  return Object.assign(scope, parts, {
    emit: (type: string) => {
      scope.dispatchEvent(new Event(type));
    },
  });
}

type Idleness = InstanceType<NonNullable<Realm['IdleDetector']>>;

/** `IdleDetector`, whose instances a test can reach. */
export function idleDetectors(state: { userState: string; screenState: string }) {
  const started: { set(change: Partial<typeof state>): void; signal: AbortSignal }[] = [];
  class IdleDetector extends EventTarget implements Idleness {
    userState: string | null = null;
    screenState: string | null = null;

    start({ signal }: { threshold: number; signal: AbortSignal }): Promise<void> {
      const set = (change: Partial<typeof state>) => {
        Object.assign(this, change);
        this.dispatchEvent(new Event('change'));
      };
      started.push({ set, signal });
      set(state);
      return Promise.resolve();
    }
  }
  return { IdleDetector, started };
}
