// The task type `file.hash`: files of any size, all slots at once. Large ones go by stretches, round for round: what a
// round has recorded is where the next one begins, so that a kill costs one stretch of each file under way.

import * as v from 'valibot';
import { defineTask, doNotRetry, type FileRef, type TaskContext } from '../../task/index.ts';
import { fileShape } from '../file-shape.ts';
import { advance, type Advanced, type Stretch } from './advance.ts';
import { checksumLines } from './checksum-file.ts';
import { FILE_HASH, type FileHashInput, type FileHashOutput, HASH_ALGORITHMS, type HashResult } from './types.ts';

const STRETCH_BYTES = 64 * 1_048_576;
/** Files are so large, at most, before their stretches grow. */
const MOST_ROUNDS = 1_000;

const items = { advance };

/**
 * Hashes files without holding them in memory. A file that is gone says so in its result; the task fails only if all are.
 * @example
 * await runner.enqueue(fileHash, { files, algorithm: 'sha256', checksumFile: true });
 */
export const fileHash = /* @__PURE__ */ defineTask({
  type: FILE_HASH,
  description: 'Computes the hashes of files of any size.',
  payload: /* @__PURE__ */ schema(),
  effects: 'none',
  runsIn: ['worker', 'service-worker'],
  items,
  run,
});

/** In a function, so that a bundler drops it where only names are imported. */
function schema() {
  return v.strictObject({
    files: v.pipe(
      v.array(fileShape()),
      v.minLength(1, 'must contain at least one file'),
      v.maxLength(20_000, 'must contain at most 20,000 files'),
    ),
    algorithm: v.optional(v.picklist(HASH_ALGORITHMS)),
    checksumFile: v.optional(v.boolean()),
  });
}

async function run(input: FileHashInput, ctx: TaskContext<typeof items>): Promise<FileHashOutput> {
  const { files, algorithm = 'sha256', checksumFile = false } = input;
  const ends = await hashed(files, algorithm, ctx);
  const results = files.map((file, i) => resultOf(file, ends[i]));
  const done = results.filter((result) => result.ok);
  if (done.length === 0) throw doNotRetry(GONE, { code: 'file-missing' });
  const lines = () => ctx.artifact(`checksums.${algorithm}`, checksumLines(done));
  const kept = checksumFile ? await ctx.step('checksum file', lines) : null;
  return { algorithm, results, hashed: done.length, failed: results.length - done.length, checksumFile: kept };
}

/** Round for round, each file that is not done goes one stretch further. */
async function hashed(
  files: readonly FileRef[],
  algorithm: FileHashOutput['algorithm'],
  ctx: TaskContext<typeof items>,
): Promise<Advanced[]> {
  const largest = files.reduce((most, { size }) => Math.max(most, size), 0);
  const options = { algorithm, bytes: Math.max(STRETCH_BYTES, Math.ceil(largest / MOST_ROUNDS)) };
  const ends: Advanced[] = [];
  let going: (Stretch & { index: number })[] = files.map((file, index) => ({ file, index, from: 0, state: null }));
  for (let round = 1; going.length > 0; round++) {
    const stretches = going.map(({ file, from, state }) => ({ file, from, state }));
    const name = round === 1 ? 'hash' : `hash, round ${round}`;
    const came = await ctx.map('advance', stretches, options, { name });
    going = going.flatMap(({ file, index }, i) => {
      const end = came[i] ?? { kind: 'missing' };
      if (end.kind === 'going') return [{ file, index, from: end.from, state: end.state }];
      ends[index] = end;
      return [];
    });
    tell(files, going, ctx);
  }
  return ends;
}

function tell(files: readonly FileRef[], going: readonly Stretch[], ctx: TaskContext<typeof items>): void {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const left = going.reduce((sum, { file, from }) => sum + file.size - from, 0);
  const done = files.length - going.length;
  ctx.progress(total === 0 ? 99 : Math.floor(((total - left) / total) * 99), `${done} of ${files.length} files`);
}

function resultOf({ name, size }: FileRef, end: Advanced | undefined): HashResult {
  if (end?.kind === 'done') return { ok: true, name, size, hash: end.hash };
  return { ok: false, name, code: 'file-missing', message: GONE };
}

const GONE = 'The file is gone: it was deleted, or the browser cleared it. Add it again.';
