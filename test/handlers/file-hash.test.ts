// F6: hashes against known ones, cut anywhere; and what may be asked for.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance } from '../../src/handlers/file-hash/advance.ts';
import { checksumLines } from '../../src/handlers/file-hash/checksum-file.ts';
import { FILE_HASH, fileHash, HASH_ALGORITHMS, type HashAlgorithm } from '../../src/handlers/index.ts';
import { fakeTask } from './support/fake-context.ts';

/** Of `abc`, as their authors give them. */
const KNOWN: Record<HashAlgorithm, string> = {
  sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  sha512:
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
  md5: '900150983cd24fb0d6963f7d28e17f72',
  blake3: '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85',
  xxhash64: '44bc2cf5ad770999',
  crc32: '352441c2',
};

async function cut(bytes: Uint8Array<ArrayBuffer>, algorithm: HashAlgorithm, stretch: number): Promise<string> {
  const task = fakeTask();
  const file = task.keep(new File([bytes], 'a'));
  const context = {
    signal: task.abort.signal,
    index: 0,
    open: () => Promise.resolve(new File([task.blob(file)], 'a')),
    artifact: () => Promise.reject(new Error('none')),
  };
  let [from, state]: [number, Uint8Array | null] = [0, null];
  for (;;) {
    const came = await advance({ file, from, state }, { algorithm, bytes: stretch }, context);
    if (came.kind === 'done') return came.hash;
    if (came.kind === 'missing') throw new Error('missing');
    ({ from, state } = structuredClone(came));
  }
}

describe('F6 a hash', () => {
  test.each(HASH_ALGORITHMS)('by %s is the known one, whole or cut', async (algorithm) => {
    const abc = new TextEncoder().encode('abc');
    expect(await cut(abc, algorithm, 1_000)).toBe(KNOWN[algorithm]);
    expect(await cut(abc, algorithm, 1)).toBe(KNOWN[algorithm]);
  });

  test('is the same wherever the file is cut', async () => {
    const some = fc.tuple(fc.uint8Array({ maxLength: 5_000 }), fc.integer({ min: 50, max: 5_000 }));
    await fc.assert(
      fc.asyncProperty(some, fc.constantFrom(...HASH_ALGORITHMS), async ([bytes, stretch], algorithm) => {
        const own = new Uint8Array(bytes);
        expect(await cut(own, algorithm, stretch)).toBe(await cut(own, algorithm, 10_000));
      }),
      { numRuns: 30 },
    );
  });
});

describe('F6 file.hash', () => {
  test('says each file’s hash, in their order, and which are gone; with a file of checksums', async () => {
    const task = fakeTask();
    const files = [task.keep(new File(['abc'], 'a.txt')), task.missing('b'), task.keep(new File([], 'c\n.txt'))];
    const { results, checksumFile, ...rest } = await task.run(fileHash, { files, checksumFile: true });
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(results).toMatchObject([
      { ok: true, name: 'a.txt', size: 3, hash: KNOWN.sha256 },
      { ok: false, name: 'b', code: 'file-missing' },
      { ok: true, name: 'c\n.txt', size: 0, hash: empty },
    ]);
    expect(rest).toEqual({ algorithm: 'sha256', hashed: 2, failed: 1 });
    if (checksumFile === null) throw new Error('none');
    expect(checksumFile.name).toBe('checksums.sha256');
    expect(await task.blob(checksumFile).text()).toBe(`${KNOWN.sha256}  a.txt\n\\${empty}  c\\n.txt\n`);
    expect(task.progress.at(-1)).toBe('3 of 3 files');
  });

  test('fails for good where all files are gone', async () => {
    const task = fakeTask();
    await expect(task.run(fileHash, { files: [task.missing('a')] })).rejects.toThrow('The file is gone');
  });

  test('escapes what would break a line', () => {
    expect(checksumLines([{ name: 'a\\b', hash: '0' }])).toBe('\\0  a\\\\b\n');
  });

  test.each([
    ['files', { files: [] }],
    ['files.0', { files: ['a'] }],
    ['algorithm', { algorithm: 'sha3' }],
    ['checksumFile', { checksumFile: 'yes' }],
    ['size', { size: 5 }],
  ])('refuses a bad %s', async (field, change) => {
    const file = { $type: 'file', id: 'f', name: 'f', type: '', size: 1, lastModified: 0 };
    const checked = await fileHash.payload?.['~standard'].validate({ files: [file], ...change });
    const path = checked?.issues?.[0]?.path?.map((part) => (typeof part === 'object' ? part.key : part));
    expect([fileHash.type, path?.join('.')]).toEqual([FILE_HASH, field]);
  });
});
