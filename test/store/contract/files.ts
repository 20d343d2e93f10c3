// Files that lie in IndexedDB, as Blobs or as plain bytes: for browsers without OPFS.

import { describe, expect, test } from 'vitest';
import { insert } from '../../../src/store/index.ts';
import type { FileRow } from '../../../src/store/index.ts';
import { IndexedDbHome } from '../../../src/store/files/indexeddb.ts';
import type { ArtifactContent, TaskId } from '../../../src/task/index.ts';
import { newPlace, type OpenStore } from '../../support/place.ts';
import { newRow } from '../../support/rows.ts';

const BYTES = new TextEncoder().encode('Ünï 😀');
const CONTENTS: [string, () => ArtifactContent][] = [
  ['text', () => 'Ünï 😀'],
  ['a blob', () => new Blob([BYTES])],
  ['a buffer', () => BYTES.slice().buffer],
  ['bytes', () => BYTES],
  ['a part of a buffer', () => new Uint8Array([0, ...BYTES, 0]).subarray(1, -1)],
  ['a stream', () => new Blob([BYTES]).stream()],
];

export function filesContract(openStore: OpenStore): void {
  const fileRow = (row: { id: TaskId }, id: string): FileRow => {
    const rest = { name: 'a.txt', type: 'text/plain', size: BYTES.length, lastModified: 86_400_000, createdAt: 0 };
    return { id, taskId: row.id, role: 'artifact', ...rest };
  };

  describe.each(['blob', 'bytes'] as const)('a file kept in IndexedDB as %s', (kind) => {
    test.each(CONTENTS)('B8 is given back as it was: %s', async (_, content) => {
      const { store } = await newPlace(openStore);
      const home = new IndexedDbHome(kind);
      const steps: number[] = [];
      const { size, data } = await home.write('f', content(), (bytes) => steps.push(bytes));
      expect([size, steps.reduce((sum, each) => sum + each, 0)]).toEqual([BYTES.length, BYTES.length]);
      expect(data instanceof Blob).toBe(kind === 'blob');
      const task = newRow();
      const given = { ...fileRow(task, 'f'), ...(data && { data }) };
      // What is logged cannot be a Blob: where there is a log, files are kept as bytes.
      const isKept = kind === 'bytes' || store.logState === 'none';
      if (isKept) await store.do(insert([{ row: task, ownId: false, files: [given] }]));
      const row = isKept ? await store.file('f') : given;
      if (row === undefined) throw new Error('The file is not there.');
      const file = await home.open(row);
      expect(await file.text()).toBe('Ünï 😀');
      expect(file).toMatchObject({ name: 'a.txt', type: 'text/plain', size: BYTES.length, lastModified: 86_400_000 });
    });

    test('B8 may be empty', async () => {
      expect((await new IndexedDbHome(kind).write('f', '')).size).toBe(0);
    });
  });

  describe('a file', () => {
    test('B8 that no row names is missing', async () => {
      const { store } = await newPlace(openStore);
      const missing = { code: 'file-missing', details: { file: 'nobody' } };
      await expect(store.openFile('nobody')).rejects.toMatchObject(missing);
      const ref = { $type: 'file' as const, id: 'nobody', name: 'a', type: '', size: 1, lastModified: 0 };
      await expect(store.openFile(ref)).rejects.toMatchObject(missing);
    });

    test('B8 whose bytes are gone is missing, and called by its name', async () => {
      const { store } = await newPlace(openStore);
      const task = newRow();
      await store.do(insert([{ row: task, ownId: false, files: [fileRow(task, 'f')] }]));
      await expect(store.openFile('f')).rejects.toMatchObject({
        code: 'file-missing',
        message: 'a.txt is gone: it was deleted, or the browser cleared it.',
        details: { file: 'f' },
      });
    });
  });
}
