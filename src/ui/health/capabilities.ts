// What this browser offers, found out by looking.

import type { EngineStatus, Guarantees } from '../../runner/index.ts';
import type { CAPABILITIES } from '../words/health.ts';

export type CapabilityName = keyof typeof CAPABILITIES;

const NAMES: readonly CapabilityName[] = [
  'service-worker',
  'sync',
  'periodic-sync',
  'opfs',
  'persistence',
  'locks',
  'notifications',
  'wake-lock',
];

export interface Capability {
  name: CapabilityName;
  can: boolean;
}

/** What is not known yet is left out. */
export function capabilitiesOf(status: EngineStatus | undefined, guarantees: Guarantees | undefined): Capability[] {
  const can: Record<CapabilityName, boolean | undefined> = {
    'service-worker': 'serviceWorker' in navigator && isSecureContext,
    sync: 'SyncManager' in globalThis,
    'periodic-sync': 'PeriodicSyncManager' in globalThis,
    opfs: status === undefined ? undefined : status.files === 'opfs',
    persistence: guarantees?.persisted,
    locks: 'locks' in navigator,
    notifications: 'Notification' in globalThis && Notification.permission !== 'denied',
    'wake-lock': 'wakeLock' in navigator,
  };
  return NAMES.flatMap((name) => (can[name] === undefined ? [] : [{ name, can: can[name] }]));
}
