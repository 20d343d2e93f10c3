// What a sensor is: it reads some signals of the device in one realm, and tells of each change. What it cannot read it
// never tells of, and so that stays unknown.

import type { Clock, SignalName } from '../../task/index.ts';

/** A signal of Errand's own. */
export type BuiltInSignal = Exclude<SignalName, `custom:${string}`>;

export interface Sensor<S extends BuiltInSignal = BuiltInSignal> {
  readonly signals: readonly S[];
  /** Whether this realm lets it be read now. */
  isReadable(realm: Realm): boolean | Promise<boolean>;
  /** Tells what it reads, at once where it can, and again with each change. The returned function stops it. */
  watch(realm: Realm, tell: Tell<S>, clock: Clock): () => void;
}

/** `undefined`: it cannot be told any more. */
export type Tell<S extends BuiltInSignal> = (signal: S, state: boolean | undefined) => void;

/** What a sensor looks at: the global scope of a page or a worker, as far as that is there. */
export interface Realm extends Partial<Target> {
  readonly navigator?: {
    readonly onLine?: boolean;
    readonly connection?: Connection;
    readonly storage?: Pick<StorageManager, 'estimate'>;
    readonly permissions?: { query(descriptor: { name: string }): Promise<Permission> };
    getBattery?(): Promise<Battery>;
  };
  readonly document?: Target & { readonly visibilityState: string };
  /** Only a service worker has it. */
  readonly clients?: {
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Seen[]>;
  };
  readonly IdleDetector?: new () => Idleness;
}

/** https://w3c.github.io/ServiceWorker/#windowclient */
interface Seen {
  readonly visibilityState?: string;
}

export interface Target {
  addEventListener(type: string, run: () => void): void;
  removeEventListener(type: string, run: () => void): void;
}

/** https://wicg.github.io/netinfo/#networkinformation-interface */
interface Connection extends Partial<Target> {
  readonly type?: string;
  readonly saveData?: boolean;
}

/** https://www.w3.org/TR/battery-status/#the-batterymanager-interface */
interface Battery extends Target {
  readonly charging: boolean;
  readonly level: number;
}

/** https://wicg.github.io/idle-detection/#api-idledetector */
interface Idleness extends Target {
  readonly userState: string | null;
  readonly screenState: string | null;
  start(options: { threshold: number; signal: AbortSignal }): Promise<void>;
}

interface Permission extends Target {
  readonly state: string;
}

export function listen(target: Partial<Target>, types: readonly string[], run: () => void): () => void {
  for (const type of types) target.addEventListener?.(type, run);
  return () => {
    for (const type of types) target.removeEventListener?.(type, run);
  };
}

/** Runs again and again; not at once. */
export function every(clock: Clock, ms: number, run: () => void): () => void {
  const again = () => {
    cancel = clock.timer(again, ms);
    run();
  };
  let cancel = clock.timer(again, ms);
  return () => cancel();
}

export function ignore(): void {
  // Nothing to stop, or nothing that can be read.
}
