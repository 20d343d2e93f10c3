// What is done to a profile's files while its browser is dead: the database deleted, as Chromium itself does now and
// then; the log cut or changed; LevelDB's files changed.

import { closeSync, openSync, readdirSync, readSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from './dice.ts';

/** How often a kill of the browser is followed by what. The last is off unless it is asked for. */
export const DAMAGES = { none: 80, wipe: 8, 'cut log': 6, 'flip log': 6, 'flip database': 0 };
export type Damage = keyof typeof DAMAGES;
export const DATABASE_FLIPS = 6;

/** The mark that every file of the log begins with. */
const LOG_MARK = 'ERL1';
const TAIL_BYTES = 2_048;
const MOST_FLIPS = 8;

/** Does it, and says what it did. */
export function doDamage(damage: Damage, profile: string, dice: Dice): string {
  switch (damage) {
    case 'none':
      return 'no damage';
    case 'wipe':
      return wipe(profile);
    case 'cut log':
      return cut(dice.pick(logFiles(profile)), dice);
    case 'flip log':
      return flip(dice.pick(logFiles(profile)), dice);
    case 'flip database':
      return flip(dice.pick(filesIn(databasesIn(profile)).filter(isOfLevelDb)), dice);
  }
}

/** Deletes the site's databases, and them alone. */
export function wipe(profile: string): string {
  rmSync(databasesIn(profile), { recursive: true, force: true });
  return 'deleted the database';
}

/** The files of the log, wherever OPFS keeps them, under whatever name. */
export function logFiles(profile: string): string[] {
  return filesIn(join(profile, 'Default', 'File System')).filter((file) => beginningOf(file) === LOG_MARK);
}

/** As often in its tail, where a write that was torn would end, as anywhere. */
function cut(file: string, dice: Dice): string {
  const { size } = statSync(file);
  const least = dice.chance(0.5) ? Math.max(0, size - TAIL_BYTES) : 0;
  const length = dice.between(least, size);
  truncateSync(file, length);
  return `cut ${file} from ${size} to ${length} bytes`;
}

function flip(file: string, dice: Dice): string {
  const { size } = statSync(file);
  const handle = openSync(file, 'r+');
  try {
    const places = Array.from({ length: dice.between(1, MOST_FLIPS) }, () => dice.below(Math.max(1, size)));
    const byte = Buffer.alloc(1);
    for (const place of places) {
      readSync(handle, byte, 0, 1, place);
      byte[0] = (byte[0] ?? 0) ^ dice.between(1, 255);
      writeSync(handle, byte, 0, 1, place);
    }
    return `changed the bytes ${places.join(', ')} of ${size} in ${file}`;
  } finally {
    closeSync(handle);
  }
}

function databasesIn(profile: string): string {
  return join(profile, 'Default', 'IndexedDB');
}

function isOfLevelDb(file: string): boolean {
  return /\.(log|ldb)$|MANIFEST/.test(file);
}

function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
}

function beginningOf(file: string): string {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(LOG_MARK.length);
    readSync(handle, bytes);
    return bytes.toString('latin1');
  } finally {
    closeSync(handle);
  }
}
