// Everything goes out of one database and into another, through the façade, with files in OPFS.

import { afterEach, expect, test } from 'vitest';
import { closeRunners, newRunner } from '../support/runner.ts';

afterEach(closeRunners);

test('A14 what one runner exports another takes, paused; files and results are there', async () => {
  const from = await newRunner();
  const content = new Uint8Array(20 * 1024 * 1024).map((_, i) => i % 253);
  const file = new File([content], '../large.bin', { type: 'application/octet-stream', lastModified: 5 });
  const done = await from.enqueue('test.noop', { file, at: new Date(7) });
  await done.result();
  await from.pause({});
  const waiting = await from.enqueue('test.noop', { big: 12n }, { name: 'waits' });
  const seen: number[] = [];
  const zip = await from.exportAll({ onProgress: ({ done: count }) => seen.push(count) });
  expect(zip.size).toBeGreaterThan(content.length);
  expect(seen.at(-1)).toBe(2);

  const to = await newRunner();
  expect(await to.readImport(zip)).toMatchObject({
    tasks: 2,
    unfinished: 1,
    files: 1,
    bytes: content.length,
    problem: null,
  });
  const { ruleId, ...result } = await to.importAll(zip, { conflicts: 'skip' });
  expect(result).toEqual({ imported: 2, skipped: 0, renamed: 0, files: 1 });
  expect(await to.pauses()).toMatchObject([{ ruleId, imported: true }]);
  expect(await to.get(waiting.id)).toMatchObject({ status: 'pending', waitingFor: ['pause'], payload: { big: 12n } });
  const [was, is] = [await from.get(done.id), await to.get(done.id)];
  expect(is?.status).toBe(was?.status);
  const ref = (is?.payload as { file: { id: string; name: string } }).file;
  expect(ref.name).toBe('../large.bin');
  const taken = new Uint8Array(await (await to.openFile(ref.id)).arrayBuffer());
  expect(taken.length).toBe(content.length);
  expect(taken.every((byte, i) => byte === i % 253)).toBe(true);
  await to.resume({ ruleId: ruleId ?? '' });
  const { finished } = await to.wait(waiting.id, { timeoutMs: 10_000 });
  expect(finished).toBe(true);
});

test('A14 nobody but an admin moves everything', async () => {
  const runner = (await newRunner()).as({ user: 'kim', role: 'operator' });
  const refusal = { code: 'forbidden', details: { permission: 'admin' } };
  await expect(runner.exportAll()).rejects.toMatchObject(refusal);
  await expect(runner.readImport(new Blob([]))).rejects.toMatchObject(refusal);
  await expect(runner.importAll(new Blob([]), { conflicts: 'skip' })).rejects.toMatchObject(refusal);
});

test('A14 a file that is none is refused with what is wrong', async () => {
  const runner = await newRunner();
  const refusal = { code: 'invalid-import', details: { where: 'zip' } };
  await expect(runner.importAll(new Blob(['x']), { conflicts: 'skip' })).rejects.toMatchObject(refusal);
  expect((await runner.readImport(new Blob(['x']))).problem).toMatchObject(refusal);
});
