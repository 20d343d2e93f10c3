// Picks the best place for files that this browser offers here.

import { committed } from '../request.ts';
import { Headroom } from './headroom.ts';
import type { FileHome } from './home.ts';
import { IndexedDbHome } from './indexeddb.ts';
import { OpfsHome } from './opfs.ts';

export { Headroom } from './headroom.ts';
export type { FileHome, OnBytes, Written } from './home.ts';

/** OPFS if this browser has it here, else IndexedDB in the form that it takes; what is logged cannot be a Blob. */
export async function openFileHome(
  name: string,
  database: IDBDatabase,
  isLogged: () => Promise<boolean>,
): Promise<FileHome> {
  try {
    return await OpfsHome.open(name);
  } catch {
    return new IndexedDbHome(!(await isLogged()) && (await takesBlobs(database)) ? 'blob' : 'bytes', name);
  }
}

/** WebKit refuses Blobs in IndexedDB in private windows, and says so only when they are written. */
async function takesBlobs(database: IDBDatabase): Promise<boolean> {
  const transaction = database.transaction('files', 'readwrite');
  const end = committed(transaction);
  try {
    const probe = { id: '!probe', taskId: '!probe', name: '', data: new Blob(['probe']) };
    transaction.objectStore('files').put(probe);
    transaction.objectStore('files').delete('!probe');
    await end;
    return true;
  } catch {
    return false;
  }
}

/** The same place for a slot, which has no database at hand: OPFS or nothing. What a handler writes may use the headroom. */
export async function openSlotFiles(name: string): Promise<FileHome | undefined> {
  return OpfsHome.open(name, new Headroom(name)).catch(() => undefined);
}
