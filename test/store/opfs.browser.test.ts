// Files in the browser's own private file system, written by a worker.

import * as Comlink from 'comlink';
import { afterEach, describe, expect, test } from 'vitest';
import type { FileRow } from '../../src/store/index.ts';
import type { ArtifactContent, TaskId } from '../../src/task/index.ts';
import { endStoreWorkers, newStoreWorker } from '../support/store-worker.ts';

afterEach(endStoreWorkers);

const BYTES = new TextEncoder().encode('Ünï 😀');
const row = (id: string): FileRow => {
  const rest = { name: 'a.txt', type: 'text/plain', size: 10, lastModified: 86_400_000, createdAt: 0 };
  return { id, taskId: `task of ${id}` as TaskId, role: 'artifact', ...rest };
};
const LATER = Date.UTC(2100, 0);

async function opened() {
  const worker = newStoreWorker();
  const database = `test-${crypto.randomUUID()}`;
  expect(await worker.open(database)).toMatchObject({ wasLost: false, files: 'opfs' });
  return { worker, database };
}

describe('a file kept in OPFS', () => {
  const contents: [string, () => ArtifactContent][] = [
    ['text', () => 'Ünï 😀'],
    ['a blob', () => new Blob([BYTES])],
    ['bytes', () => BYTES],
    ['a buffer', () => BYTES.slice().buffer],
  ];
  test.each(contents)('B8 is given back as it was: %s', async (_, content) => {
    const { worker } = await opened();
    const { size, steps } = await worker.write(row('f'), content());
    expect([size, steps.reduce((sum, each) => sum + each, 0)]).toEqual([BYTES.length, BYTES.length]);
    const file = await worker.read('f');
    if (!(file instanceof File)) throw new Error(file.message);
    expect(await file.text()).toBe('Ünï 😀');
    expect(file).toMatchObject({ name: 'a.txt', type: 'text/plain', lastModified: 86_400_000 });
  });

  test('B8 is written as it streams in, and is there for other workers and a reopened store', async () => {
    const { worker, database } = await opened();
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        for (let i = 0; i < 3; i++) controller.enqueue(new Uint8Array(100_001));
        controller.close();
      },
    });
    const { size, steps } = await worker.write(row('f'), Comlink.transfer(stream, [stream]));
    expect([size, steps]).toEqual([300_003, [100_001, 100_001, 100_001]]);
    const other = newStoreWorker();
    expect((await other.slotReads(database, row('f'))).length).toBe(300_003);
    await worker.close();
    await worker.open(database);
    expect(await worker.read('f')).toBeInstanceOf(File);
  });

  test('B8 that is written again is shorter if it is', async () => {
    const { worker } = await opened();
    await worker.write(row('f'), 'long and longer');
    await worker.write(row('f'), 'short', false);
    expect(await ((await worker.read('f')) as File).text()).toBe('short');
  });

  test('B8 whose content breaks off is not kept in part', async () => {
    const { worker } = await opened();
    const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.enqueue(BYTES),
      pull: (controller) => controller.error(new Error('broke off')),
    });
    await expect(worker.write(row('f'), Comlink.transfer(broken, [broken]))).rejects.toThrow();
    expect(await worker.sweep([], LATER)).toBe(0);
  });

  test('B8 that is gone is missing, by its name', async () => {
    const { worker } = await opened();
    await worker.write(row('f'), 'x');
    await worker.delete(['f', 'nobody']);
    expect(await worker.read('f')).toMatchObject({
      code: 'file-missing',
      message: 'a.txt is gone: it was deleted, or the browser cleared it.',
    });
  });
});

describe('a sweep', () => {
  test('A13 deletes what no row names, but nothing that may still be on its way in', async () => {
    const { worker } = await opened();
    await worker.write(row('kept'), 'x');
    await worker.write(row('left behind'), 'x', false);
    expect(await worker.sweepStore()).toBe(0);
    expect(await worker.sweep(['kept'], 0)).toBe(0);
    expect(await worker.sweep(['kept'], LATER)).toBe(1);
    expect(await worker.sweep(['kept'], LATER)).toBe(0);
    expect(await worker.read('kept')).toBeInstanceOf(File);
  });
});
