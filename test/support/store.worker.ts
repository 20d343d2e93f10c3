// A store where it lives in earnest: in a dedicated worker, the only realm with synchronous access to OPFS.

import * as Comlink from 'comlink';
import { OpfsHome } from '../../src/store/files/opfs.ts';
import {
  erase,
  type FileRow,
  insert,
  openSlotFiles,
  remove,
  type Recovery,
  Store,
  sweepTrash,
} from '../../src/store/index.ts';
import { type ArtifactContent, plainError, type PlainError, systemClock, type TaskId } from '../../src/task/index.ts';
import { newRow } from './rows.ts';

let store: Store | undefined;
let home: OpfsHome | undefined;

/** What is known of a store that was just opened, or why it could not be. */
export interface OpenedStore {
  wasLost?: boolean;
  generation?: string;
  recovery?: Recovery;
  files?: string;
  error?: PlainError;
}

/** The connections that are open here, by the names of their databases. */
const connections = new Map<string, IDBDatabase>();
let opening: 'broken' | 'whole' = 'whole';
watchFactory();

/** Keeps an eye on what is opened and deleted here, and can refuse to open. */
function watchFactory(): void {
  const factory = indexedDB;
  const [open, deleteDatabase] = [factory.open.bind(factory), factory.deleteDatabase.bind(factory)];
  factory.open = (name, version) => {
    if (opening === 'broken') throw new DOMException('Internal error opening backing store.', 'UnknownError');
    const request = open(name, version);
    request.addEventListener('success', () => connections.set(name, request.result));
    return request;
  };
  factory.deleteDatabase = (name) => {
    opening = 'whole';
    return deleteDatabase(name);
  };
}

const surface = {
  async open(database: string, remembered?: string): Promise<OpenedStore> {
    try {
      store = await Store.open(database, systemClock, remembered);
      home = await OpfsHome.open(database);
      const { wasLost, recovery, generation } = store;
      return { wasLost, generation, files: store.files.kind, ...(recovery !== undefined && { recovery }) };
    } catch (error) {
      return { error: plainError(error) };
    }
  },

  /** From now on the database cannot be opened, until somebody deletes it. */
  breakOpening(): void {
    opening = 'broken';
  },

  /** Has the browser delete the database under the open store, as Chromium does when it finds a damaged block. */
  async loseDatabase(database: string): Promise<void> {
    connections.get(`errand:${database}`)?.close();
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(`errand:${database}`);
      request.onsuccess = resolve;
      request.onerror = reject;
    });
  },

  async remove(id: string): Promise<void> {
    await opened(store).do(remove([id as TaskId]));
    await opened(store).do(sweepTrash(Infinity, 1));
  },

  async erase(): Promise<void> {
    await opened(store).do(erase());
  },

  checkpoint(): Promise<void> {
    return opened(store).checkpoint();
  },

  async close(): Promise<void> {
    await store?.close();
    store = undefined;
  },

  async insert(id: string, name = 'a task'): Promise<void> {
    await opened(store).do(insert([{ row: newRow({ id, name }), ownId: true }]));
  },

  async has(id: string): Promise<boolean> {
    return (await opened(store).task(id)) !== undefined;
  },

  /** Writes bytes, with a row or without one. Gives their size and the steps in which they were written. */
  async write(row: FileRow, content: ArtifactContent, withRow = true): Promise<{ size: number; steps: number[] }> {
    const steps: number[] = [];
    const { size, data } = await opened(store).writeFile(row.id, content, (bytes) => steps.push(bytes));
    if (data !== undefined) throw new Error('The bytes belong in OPFS, not in the row.');
    if (withRow) await opened(store).do(insert([{ row: newRow({ id: row.taskId }), ownId: true, files: [row] }]));
    return { size, steps };
  },

  /** The file, or the error that opening it gives. */
  read(id: string): Promise<File | PlainError> {
    return opened(store).openFile(id).catch(plainError);
  },

  async slotReads(database: string, row: FileRow): Promise<string> {
    const files = await openSlotFiles(database);
    return (await opened(files).open(row)).text();
  },

  delete(ids: string[]): Promise<void> {
    return opened(store).files.delete(ids);
  },

  /** Sweeps what is not to be kept and was last written before the given instant. */
  sweep(kept: string[], before: number): Promise<number> {
    return opened(home).sweep((id) => kept.includes(id), before);
  },

  sweepStore(): Promise<number> {
    return opened(store).sweepFiles();
  },
};

export type StoreWorker = typeof surface;

function opened<T>(it: T | undefined): T {
  if (it === undefined) throw new Error('It is not open.');
  return it;
}

Comlink.expose(surface);
