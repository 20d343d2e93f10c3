// A note of the database's generation, kept in OPFS, outside IndexedDB: Chromium may delete an origin's whole database
// when it finds its log damaged after a kill (measured in about 0.7 % of kills in mid-write), and this is how we know.

import { ownDirectory } from './files/directory.ts';
import { writerOf } from './files/writer.ts';

/** The generation noted earlier, or `undefined` if there is none, or no OPFS. */
export async function readMarker(database: string): Promise<string | undefined> {
  try {
    const directory = await ownDirectory(database, false);
    const file = await (await directory.getFileHandle('generation')).getFile();
    const text = await file.text();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Notes the generation; does nothing where there is no OPFS. */
export async function writeMarker(database: string, generation: string): Promise<void> {
  try {
    const directory = await ownDirectory(database);
    const handle = await directory.getFileHandle('generation', { create: true });
    const writer = await writerOf(handle);
    try {
      await writer.write(new TextEncoder().encode(generation));
    } finally {
      await writer.close();
    }
  } catch {
    // Another engine is writing the same note just now, or this browser has no OPFS here.
  }
}
