// The price of the second home: how long it takes to make a database again, and how many bytes there are of it.

import { deleteDatabase, errandDatabase } from './database.ts';
import {
  both,
  type First,
  newName,
  noops,
  onFreshDatabases,
  type Round,
  startRunner,
  untilSettled,
} from './measure.ts';
import { Raw } from './raw.ts';
import { filledMany, start } from './scale.ts';

const TASKS = 1_000;
const CHURN = 200_000;
const AT_ONCE = 5_000;

/** The engine is ready on a database that the browser has deleted, against a raw bulk put of the same rows. */
export async function restore(first: First): Promise<Round> {
  const many = await filledMany();
  const scratch = newName();
  const raw = new Raw();
  const round = {
    restore: await both(first, {
      ours: async () => {
        await deleteDatabase(errandDatabase(many));
        return start(many);
      },
      limit: () => raw.call('bulkPut', scratch, 100_000),
    }),
  };
  await raw.call('remove', scratch);
  raw.end();
  // The log catches up behind a restored database: the next round is not to begin in the midst of that.
  const runner = await startRunner(many);
  while ((await runner.status()).log === 'behind') await new Promise((resolve) => setTimeout(resolve, 100));
  await runner.close();
  return round;
}

/** What a no-op leaves in the log from its enqueue to its end, against its two rows as JSON. */
export function logBytes(): Promise<Round> {
  return onFreshDatabases(async ({ runner, database }) => {
    const before = await bytesOfLog(database);
    await untilSettled(runner, await noops(runner, TASKS));
    const ours = ((await bytesOfLog(database)) - before) / TASKS;
    const { tasks } = await runner.list({ limit: 1 });
    return { 'log-bytes': { ours, limit: 2 * JSON.stringify(tasks[0]).length } };
  });
}

/** What is left of the log of very many tasks that ran and were deleted. */
export function logChurn(): Promise<Round> {
  return onFreshDatabases(async ({ runner, database }) => {
    for (let done = 0; done < CHURN; done += AT_ONCE) {
      await untilSettled(runner, await noops(runner, AT_ONCE));
      await runner.clearFinished();
    }
    return { 'log-churn': { ours: (await bytesOfLog(database)) / 1_000_000, limit: 4 } };
  });
}

async function bytesOfLog(database: string): Promise<number> {
  const root = await navigator.storage.getDirectory();
  const mine = await (await root.getDirectoryHandle('errand')).getDirectoryHandle(encodeURIComponent(database));
  let bytes = 0;
  for await (const handle of (await mine.getDirectoryHandle('log')).values())
    if (handle.kind === 'file') bytes += await sizeOf(handle);
  return bytes;
}

/** Of a file that may go just now, for the log is compacted behind whoever looks. */
async function sizeOf(handle: FileSystemFileHandle): Promise<number> {
  try {
    return (await handle.getFile()).size;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return 0;
    throw error;
  }
}
