// From the entries of an import to its rows, one line at a time, each of them checked whole.

import * as v from 'valibot';
import type { Moving } from '../../store/index.ts';
import {
  checkSchedule,
  type Claim,
  ErrandError,
  type FileRef,
  fromPlain,
  isFinal,
  type TaskRow,
} from '../../task/index.ts';
import { fault } from './fault.ts';
import { type ExportHeader, FILES, FORMAT, FORMAT_VERSION, HEADER, ROWS } from './format.ts';
import { claimShape, SHAPES } from './shapes.ts';
import type { ZipItem } from './unzip.ts';

type Tables = keyof Moving;

/** A row of an import, where it was found, and the claim that was on it. */
export type ImportRow = {
  [T in Tables]: { table: T; row: Moving[T][number]; where: string; bytes: number; claim?: RunningClaim };
}[Tables];

/** What an export says of a claim. */
export type RunningClaim = Pick<Claim, 'claimedAt' | 'once' | 'progress'>;

const LONGEST_HEADER = 64 * 1024 * 1024;
const LONGEST_LINE = 64 * 1024 * 1024;
/** A database holds no more than that of rows. */
const MOST_ROW_BYTES = 8 * 2 ** 30;

const header = v.strictObject({
  format: v.literal(FORMAT),
  version: v.literal(FORMAT_VERSION),
  exportedAt: v.pipe(v.number(), v.finite(), v.minValue(-8.64e15), v.maxValue(8.64e15)),
  tasks: v.pipe(v.number(), v.integer(), v.minValue(0)),
  files: v.pipe(v.number(), v.integer(), v.minValue(0)),
  missingFiles: v.array(v.pipe(v.string(), v.maxLength(100))),
});
const said = v.looseObject({ format: v.unknown(), version: v.unknown() });
const line = v.strictObject({
  table: v.picklist(Object.keys(SHAPES) as Tables[]),
  row: v.unknown(),
  claim: v.exactOptional(v.unknown()),
});

/** Throws for any entry that no export has: among them those whose names lead elsewhere. */
export function refuseStrangers(items: ReadonlyMap<string, ZipItem>): void {
  let bytes = 0;
  for (const { name, size } of items.values()) {
    if ((name === 'rows/' || name === 'files/') && size === 0) continue;
    if (name !== HEADER && !ROWS.test(name) && !FILES.test(name))
      throw fault(name, 'An export has no entry with this name.');
    if (ROWS.test(name)) bytes += size;
  }
  if (bytes > MOST_ROW_BYTES) throw fault('zip', 'It contains more rows than a database can have.');
}

export async function readHeader(items: ReadonlyMap<string, ZipItem>): Promise<ExportHeader> {
  const item = items.get(HEADER);
  if (item === undefined) throw fault('zip', `It is not an Errand export: ${HEADER} is missing.`);
  if (item.size > LONGEST_HEADER) throw fault(HEADER, 'It is too large.');
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of item.read()) pieces.push(piece);
  const json = parsed(decoded(await new Blob(pieces).arrayBuffer(), HEADER), HEADER);
  const about = v.safeParse(said, json);
  if (about.success && about.output.format === FORMAT && Number(about.output.version) > FORMAT_VERSION)
    throw fault(HEADER, 'It was created by a newer version. Reload the page to get that version.', 'version');
  return shaped(header, json, HEADER);
}

/** Every row, in the order of the entries. `file` gives each reference to a file the id that it has here. */
export async function* readRows(
  items: ReadonlyMap<string, ZipItem>,
  file: (ref: FileRef) => FileRef,
): AsyncGenerator<ImportRow, void> {
  const names = [...items.keys()].filter((name) => ROWS.test(name)).sort();
  for (const name of names) {
    const item = items.get(name);
    let number = 0;
    for await (const text of item === undefined ? [] : linesOf(item)) {
      number += 1;
      if (text.trim() !== '') yield readLine(text, `${name}:${number}`, file);
    }
  }
}

async function* linesOf({ name, read }: ZipItem): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest: string[] = [];
  let length = 0;
  for await (const piece of read()) {
    const [first = '', ...more] = decoded(piece, name, decoder).split('\n');
    rest.push(first);
    length += first.length;
    for (const next of more) {
      yield rest.join('');
      rest = [next];
      length = next.length;
    }
    if (length > LONGEST_LINE) throw fault(name, 'One of its lines is too long.');
  }
  yield rest.join('') + decoded(new ArrayBuffer(0), name, decoder, false);
}

function decoded(
  bytes: ArrayBuffer | Uint8Array<ArrayBuffer>,
  where: string,
  decoder = new TextDecoder('utf-8', { fatal: true }),
  stream = true,
): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch {
    throw fault(where, 'It is not text.');
  }
}

function readLine(text: string, where: string, file: (ref: FileRef) => FileRef): ImportRow {
  const { table, row: written, claim } = shaped(line, parsed(text, where), where);
  const row: unknown = shaped<v.GenericSchema>(SHAPES[table], plain(written, where, file), where);
  // The shapes are those of the tables.
  const read = { table, row, where, bytes: text.length } as ImportRow;
  if (claim !== undefined) {
    if (table !== 'tasks') throw fault(where, 'Only a task can be claimed.', 'claim');
    read.claim = shaped(claimShape, plain(claim, where, file), where);
  }
  if (read.table === 'tasks') checkTask(read.row, where, claim !== undefined);
  return read;
}

function checkTask(row: TaskRow, where: string, isClaimed: boolean): void {
  if (isFinal(row.status) && (row.finishedAt === undefined || isClaimed))
    throw fault(where, 'A finished task needs the time it ended, and cannot be running.', 'finishedAt');
  if (row.dependsOn?.tasks.includes(row.id) === true || row.parentId === row.id)
    throw fault(where, 'A task cannot depend on itself.', 'dependsOn');
  const { schedule, createdAt } = row;
  if (schedule === undefined) return;
  const { kind: _kind, ...input } = schedule;
  try {
    row.schedule = checkSchedule(
      input,
      Math.min(createdAt, 'startAt' in input ? (input.startAt ?? createdAt) : createdAt),
    );
  } catch (thrown) {
    const { message, details } = thrown instanceof ErrandError ? thrown : fault(where, 'It is not valid.');
    throw fault(where, message, details.field);
  }
}

function plain(written: unknown, where: string, file: (ref: FileRef) => FileRef): unknown {
  try {
    return fromPlain(written, { file });
  } catch (thrown) {
    throw fault(where, thrown instanceof SyntaxError ? thrown.message : 'It cannot be read.');
  }
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw fault(where, 'It is not JSON.');
  }
}

function shaped<S extends v.GenericSchema>(shape: S, value: unknown, where: string): v.InferOutput<S> {
  const checked = v.safeParse(shape, value);
  if (checked.success) return checked.output;
  const issue = checked.issues[0];
  throw fault(where, issue.message, v.getDotPath(issue) ?? 'row');
}
