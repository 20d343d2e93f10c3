// Which promises hold in this browser, and where they end.

import type { Store } from '../store/index.ts';
import type { Guarantees } from './runner.ts';

export async function guaranteesOf(store: Store): Promise<Guarantees> {
  const { storage } = navigator;
  const [persisted, { usage, quota }] = await Promise.all([
    storage.persisted().catch(() => false),
    storage.estimate().catch((): StorageEstimate => ({})),
  ]);
  const accepted = store.logState === 'none' ? 'once' : 'twice';
  const limits: string[] = [];
  if (accepted === 'once') limits.push(NO_LOG);
  else if (store.logState === 'behind') limits.push(CATCHING_UP);
  if (!persisted) limits.push(EVICTABLE);
  if (store.files.kind !== 'opfs') limits.push(FILES_INSIDE);
  return {
    accepted,
    persisted,
    files: store.files.kind,
    usedBytes: usage ?? null,
    quotaBytes: quota ?? null,
    limits,
  };
}

const NO_LOG =
  'This browser offers no private file system here, perhaps because the window is private. Tasks are stored in the ' +
  'database only: if the browser deletes it, they are lost.';
const CATCHING_UP = 'The second copy of the tasks is behind, and is catching up.';
const EVICTABLE =
  'The browser may clear this site’s storage when the disk fills up, or after a long time without a visit. ' +
  'Installing the app, or visiting it often, makes that less likely.';
const FILES_INSIDE = 'Files are stored in the database: each needs as much memory as its size.';
