// What this browser offers, found out by looking.

import type { EngineStatus, Guarantees } from '../../runner/index.ts';
import type { CAPABILITIES } from '../words/health.ts';

export type CapabilityName = keyof typeof CAPABILITIES;

export interface Capability {
  name: CapabilityName;
  can: boolean;
}

export function capabilitiesOf(status: EngineStatus | undefined, guarantees: Guarantees | undefined): Capability[] {
  const can: Record<CapabilityName, boolean> = {
    'service-worker': 'serviceWorker' in navigator && isSecureContext,
    sync: 'SyncManager' in globalThis,
    'periodic-sync': 'PeriodicSyncManager' in globalThis,
    opfs: status?.files === 'opfs',
    persistence: guarantees?.persisted === true,
    locks: 'locks' in navigator,
    notifications: 'Notification' in globalThis && Notification.permission !== 'denied',
    'wake-lock': 'wakeLock' in navigator,
  };
  const names: CapabilityName[] = ['service-worker', 'sync', 'periodic-sync', 'opfs', 'persistence', 'locks'];
  return [...names, 'notifications' as const, 'wake-lock' as const].map((name) => ({ name, can: can[name] }));
}
