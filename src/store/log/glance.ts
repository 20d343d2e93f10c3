// A look at the log that costs little, however much it holds: at the last file of each engine, which is kept small, and
// at the end of the last checkpoint.

import { generationIn, linkOf, type LogEntry } from './entry.ts';
import { atLog, lastCheckpoint, type LogHome, logFileNames, type ReadFile, readLogFile } from './files.ts';

export interface Glance {
  generation: string;
  /** The last transaction that is known. */
  lastSeq: number;
  /** The stamps of those that bear that number. */
  stamps: number[];
  /** Some bytes could not be believed. */
  isDamaged: boolean;
  files: number;
}

/** Looks at the log of a database; `undefined` if there is none, or no OPFS here. Rejects where it cannot be read now. */
export async function glanceAt(database: string): Promise<Glance | undefined> {
  return (await hasOpfs()) ? atLog(database, glance) : undefined;
}

async function glance(home: LogHome): Promise<Glance | undefined> {
  const names = await logFileNames(home);
  const read = (name: string) => readLogFile(home, name);
  const last = (await Promise.all(byEngine(names).map((files) => readBack(files, read)))).flat();
  // Where the last files do not tell whose they are, all are asked.
  const files = generationOf(last) === undefined ? await Promise.all(names.map(read)) : last;
  const generation = generationOf(files);
  if (generation === undefined) return undefined;
  const own = files.filter((file) => headerOf(file) === generation);
  const checkpoint = await lastCheckpoint(home, names, generation);
  const known = [...own.flatMap(({ entries }) => linksIn(entries)), ...(checkpoint === undefined ? [] : [checkpoint])];
  const lastSeq = Math.max(0, ...known.map(({ seq }) => seq));
  const stamps = known.filter(({ seq }) => seq === lastSeq).map(({ stamp }) => stamp);
  const isDamaged = files.some(({ lostBytes }) => lostBytes > 0);
  return { generation, lastSeq, stamps, isDamaged, files: names.length };
}

export async function hasOpfs(): Promise<boolean> {
  try {
    await navigator.storage.getDirectory();
    return true;
  } catch {
    return false;
  }
}

/** Of several generations, which only a database made anew leaves behind, the one that went furthest. */
export function generationOf(files: readonly ReadFile[]): string | undefined {
  const furthest = new Map<string, number>();
  for (const file of files) {
    const generation = headerOf(file);
    if (generation === undefined) continue;
    furthest.set(generation, Math.max(furthest.get(generation) ?? 0, lastSeqOf(file)));
  }
  return [...furthest].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** Whose a file is: its header says so, and each transaction, and each whole checkpoint. */
export function headerOf({ entries }: ReadFile): string | undefined {
  const header = entries.find((entry) => entry.kind === 'header');
  return header?.generation ?? entries.map(generationIn).find((generation) => generation !== undefined);
}

function lastSeqOf({ entries }: ReadFile): number {
  return Math.max(0, ...entries.map((entry) => ('seq' in entry ? entry.seq : 0)));
}

function linksIn(entries: readonly LogEntry[]) {
  return entries.filter((entry) => entry.kind === 'transaction').map(linkOf);
}

/** An engine's files, back to one that holds a transaction: the last may have been begun, and nothing more. */
async function readBack(files: readonly string[], read: (name: string) => Promise<ReadFile>): Promise<ReadFile[]> {
  const back: ReadFile[] = [];
  for (const name of files) {
    const file = await read(name);
    back.push(file);
    if (file.entries.some(({ kind }) => kind === 'transaction')) break;
  }
  return back;
}

/** Each engine's files are numbered: the last first. */
function byEngine(names: readonly string[]): string[][] {
  const engines = new Map<string, string[]>();
  for (const name of names) {
    const [id = '', turn] = name.split('.');
    if (turn !== undefined) engines.set(id, [...(engines.get(id) ?? []), name]);
  }
  const turnOf = (name: string) => Number(name.split('.')[1]);
  return [...engines.values()].map((files) => files.sort((a, b) => turnOf(b) - turnOf(a)));
}
