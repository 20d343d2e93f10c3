// A log of real traffic, as it lay on disk at some moment, with what was committed by then.

import { entryIn, type LogEntry } from '../../../src/store/log/entry.ts';
import { framesIn } from '../../../src/store/log/frame.ts';
import type { World } from '../world/world.ts';
import { type Shape, shapeOf } from '../world/storage/copy.ts';
import type { Truth } from './truth.ts';

export const DATABASE = 'sim';
const LOG = `errand/${DATABASE}/log/`;

/** An entry of a file, and where it ends. */
export interface Placed {
  end: number;
  entry: LogEntry;
}

export interface Exhibit {
  name: string;
  shape: Shape;
  truth: Truth;
  /** The number of the last commit. */
  seq: number;
  /** Everything in OPFS but files' contents. */
  files: Map<string, Uint8Array>;
  /** The entries of the log's files, by path. */
  entries: Map<string, Placed[]>;
}

/** Takes a picture of the disk. */
export async function pictured(name: string, world: World, truth: Truth): Promise<Exhibit> {
  const files = filesOf(world);
  const shape = await world.play(shapeOf(world.origin.databases.unwatched, `errand:${DATABASE}`));
  return exhibit(name, shape, truth, files);
}

/** What lies on the disk now, but for files' contents and the headroom. */
export function filesOf(world: World): Map<string, Uint8Array> {
  const all = [...world.origin.disk.files()];
  const wanted = all.filter(([path]) => path.startsWith(LOG) || path.endsWith('/generation'));
  return new Map(wanted.map(([path, file]) => [path, file.content()]));
}

export function exhibit(name: string, shape: Shape, truth: Truth, files: Map<string, Uint8Array>): Exhibit {
  const logs = [...files].filter(([path]) => path.startsWith(LOG));
  const entries = new Map(logs.map(([path, bytes]) => [path, placedIn(bytes)]));
  return { name, shape, truth, seq: truth.lastSeq, files, entries };
}

function placedIn(bytes: Uint8Array): Placed[] {
  return framesIn(bytes).contents.flatMap((content) => {
    const entry = entryIn(content);
    return entry === undefined ? [] : [{ end: content.byteOffset - bytes.byteOffset + content.length, entry }];
  });
}
