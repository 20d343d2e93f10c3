// Room that is kept free on a disk that fills up, so that what runs can still be finished: a file of zeros that gives way.

import { ownDirectory } from './directory.ts';
import { type FileWriter, writerOf } from './writer.ts';

/** Chromium counts what IndexedDB writes late: more than the quota was seen to be used by 8 MB. */
const BYTES = 16 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const NAME = 'headroom';

export class Headroom {
  readonly #database: string;

  constructor(database: string) {
    this.#database = database;
  }

  /** Takes the room, unless it is taken already. False where there is none. */
  async reserve(): Promise<boolean> {
    try {
      const directory = await ownDirectory(this.#database);
      const file = await directory.getFileHandle(NAME, { create: true });
      if ((await file.getFile()).size >= BYTES) return true;
      await fill(await writerOf(file));
      return true;
    } catch {
      // What was taken of it is of no use.
      await this.release();
      return false;
    }
  }

  /** Gives the room to whoever needs it now. False where it was given before. */
  async release(): Promise<boolean> {
    try {
      await (await ownDirectory(this.#database)).removeEntry(NAME);
      return true;
    } catch {
      return false;
    }
  }
}

/** Written, not merely claimed: a file with a hole in it holds no room on the disk. */
async function fill(writer: FileWriter): Promise<void> {
  const zeros = new Uint8Array(CHUNK_BYTES);
  try {
    for (let at = 0; at < BYTES; at += CHUNK_BYTES) await writer.write(zeros);
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  await writer.close();
}
