// The simulated world itself: what it must do as browsers do, so that what is tested in it means something.

import { describe, expect, test } from 'vitest';
import type { Script } from './world/script.ts';
import type { Scope } from './world/scope.ts';
import { World } from './world/world.ts';

interface Globals {
  indexedDB: IDBFactory;
  navigator: Navigator;
  BroadcastChannel: new (name: string) => BroadcastChannel;
  Worker: new (href: string, options: { name: string }) => Worker;
  setTimeout: (run: () => void, ms: number) => number;
  self: { onmessage?: (event: MessageEvent) => void; postMessage(message: unknown): void; name: string };
}

/** A page that does nothing but show its globals. */
const bare: Script = (scope: Scope) => scope;
/** A worker that says everything twice. */
const echo: Script = (scope) => {
  const { self } = scope as unknown as Globals;
  self.onmessage = ({ data }) => {
    self.postMessage(`${self.name} ${String(data)}`);
    self.postMessage(data);
  };
};

async function inWorld(run: (world: World) => Promise<void>): Promise<void> {
  const world = new World({ scripts: { bare, echo } });
  try {
    await run(world);
  } finally {
    world.end();
  }
}

const pageOf = (world: World) => {
  const tab = world.newTab();
  return { tab, ...tab.open<Globals>('bare') };
};

async function fileIn({ navigator }: Globals, name: string): Promise<FileSystemSyncAccessHandle> {
  const root = await navigator.storage.getDirectory();
  return (await root.getFileHandle(name, { create: true })).createSyncAccessHandle();
}

/** Opens a database with one table. */
function openIn({ indexedDB }: Globals): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('it', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('rows');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error(String(request.error)));
  });
}

function count(database: IDBDatabase): Promise<number> {
  return new Promise((resolve) => {
    const request = database.transaction('rows').objectStore('rows').count();
    request.onsuccess = () => resolve(request.result);
  });
}

describe('time', () => {
  test('goes on when nothing is left to do, and not before', () =>
    inWorld(async (world) => {
      const { setTimeout } = pageOf(world);
      const begun = world.scheduler.now;
      await world.play(new Promise<void>((resolve) => setTimeout(resolve, 86_400_000)), 86_400_000);
      expect(world.scheduler.now - begun).toBe(86_400_000);
    }));

  test('says so when what is waited for never comes', () =>
    inWorld(async (world) => {
      await expect(world.play(new Promise(() => undefined))).rejects.toThrow('It hangs');
    }));
});

describe('a tab that crashes', () => {
  test('lets go of its locks and files, and does nothing more', () =>
    inWorld(async (world) => {
      const one = pageOf(world);
      const two = pageOf(world);
      let ran = false;
      one.setTimeout(() => (ran = true), 10);
      void one.navigator.locks.request('mine', () => new Promise(() => undefined));
      const handle = await world.play(fileIn(one, 'log'));
      handle.write(new Uint8Array([1, 2]));
      await expect(world.play(fileIn(two, 'log'))).rejects.toMatchObject({ name: 'NoModificationAllowedError' });
      one.tab.crash();
      handle.write(new Uint8Array([3]), { at: 2 });
      expect(await world.play(two.navigator.locks.request('mine', (lock) => lock?.name))).toBe('mine');
      expect((await world.play(fileIn(two, 'log'))).getSize()).toBe(2);
      await world.pass(100);
      expect(ran).toBe(false);
    }));

  test.each([
    ['nothing', 0],
    ['all', 1],
  ] as const)('in the middle of a commit leaves %s of it', (lands, rows) =>
    inWorld(async (world) => {
      const { tab, ...globals } = pageOf(world);
      const database = await world.play(openIn(globals));
      world.origin.meter.decide = ({ what }) => (what === 'commit' ? { crash: lands } : 'done');
      const transaction = database.transaction('rows', 'readwrite');
      transaction.objectStore('rows').put('a row', 1);
      transaction.commit();
      await world.play(tab.crashed);
      expect(await world.play(openIn(pageOf(world)).then(count))).toBe(rows);
    }),
  );

  test.each([
    ['nothing', 0],
    ['half', 3],
    ['all', 6],
  ] as const)('in the middle of a write leaves %s of it', (lands, bytes) =>
    inWorld(async (world) => {
      const handle = await world.play(fileIn(pageOf(world), 'log'));
      world.origin.meter.decide = ({ what }) => (what.startsWith('write') ? { crash: lands } : 'done');
      handle.write(new Uint8Array(6).fill(1));
      expect((await world.play(fileIn(pageOf(world), 'log'))).getSize()).toBe(bytes);
    }),
  );
});

describe('storage', () => {
  test('keeps what is flushed when the power goes', () =>
    inWorld(async (world) => {
      const { tab, ...globals } = pageOf(world);
      const handle = await world.play(fileIn(globals, 'log'));
      handle.write(new Uint8Array([1, 2, 3]));
      handle.flush();
      handle.truncate(1);
      handle.write(new Uint8Array([9, 9, 9, 9]), { at: 1 });
      tab.crash();
      world.origin.cutPower();
      const after = await world.play(fileIn(pageOf(world), 'log'));
      const bytes = new Uint8Array(8);
      expect([after.read(bytes, { at: 0 }), ...bytes.slice(0, 3)]).toEqual([3, 1, 2, 3]);
    }));

  test('refuses one operation where it is told to, and goes on', () =>
    inWorld(async (world) => {
      const globals = pageOf(world);
      const database = await world.play(openIn(globals));
      world.origin.meter.decide = ({ what }) => (what === 'put rows' ? { fail: 'QuotaExceededError' } : 'done');
      const transaction = database.transaction('rows', 'readwrite');
      transaction.objectStore('rows').put('a row', 1);
      const aborted = new Promise<unknown>((resolve) => (transaction.onabort = () => resolve(transaction.error)));
      expect(await world.play(aborted)).toMatchObject({ name: 'QuotaExceededError' });
      expect(await world.play(count(database))).toBe(0);
    }));
});

describe('tabs', () => {
  test('hear each other, and not themselves', () =>
    inWorld(async (world) => {
      const [one, two] = [pageOf(world), pageOf(world)];
      const heard: unknown[] = [];
      for (const { BroadcastChannel } of [one, two]) {
        new BroadcastChannel('news').onmessage = ({ data }) => heard.push(data);
      }
      const said = { words: ['a'] };
      new one.BroadcastChannel('news').postMessage(said);
      await world.pass(1);
      expect(heard).toEqual([said, said]);
      expect(heard[0]).not.toBe(said);
    }));

  test('have workers, which end when they are told to', () =>
    inWorld(async (world) => {
      const { Worker } = pageOf(world);
      const worker = new Worker('echo', { name: 'slot' });
      const heard: unknown[] = [];
      worker.onmessage = ({ data }) => {
        heard.push(data);
        worker.terminate();
      };
      worker.postMessage('hello');
      worker.postMessage('again');
      await world.pass(1);
      expect(heard).toEqual(['slot hello']);
    }));
});
