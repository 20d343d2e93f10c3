// What comes from elsewhere may be anything: it is refused with one error that says where, and nothing of it is taken.

import 'fake-indexeddb/auto';
import { strToU8, zipSync } from 'fflate';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { importAll, readImport } from '../../../src/runner/transfer/import.ts';
import { Store } from '../../../src/store/index.ts';
import { idMaker, type TaskRow, toPlain, zipStream } from '../../../src/task/index.ts';
import { clearPlaces, newPlace, type Place } from '../../support/place.ts';
import { readTables } from '../../support/raw.ts';
import { newRow } from '../../support/rows.ts';

vi.stubGlobal('navigator', { storage: { estimate: () => Promise.resolve({ quota: 2 ** 30, usage: 0 }) } });
afterEach(clearPlaces);

const place = () => newPlace((database, clock) => Store.open(database, clock));
const FILE = { id: 'f', taskId: 't', role: 'payload', name: 'a', type: '', size: 3, lastModified: 1, createdAt: 1 };

function header(change: object = {}): string {
  return JSON.stringify({
    format: 'errand',
    version: 1,
    exportedAt: 5,
    tasks: 1,
    files: 0,
    missingFiles: [],
    ...change,
  });
}

const line = (table: string, row: unknown, rest: object = {}) => JSON.stringify({ table, row, ...rest });
const task = (change: object = {}) => line('tasks', toPlain({ ...newRow({ id: 't' }), ...change }));
const { finishedAt: _none, ...pending }: TaskRow = newRow({ id: 't' });

async function zipOf(entries: Record<string, string | Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  const all = Object.entries(entries).map(([name, content]) => ({
    name,
    modifiedAt: 0,
    open: () => Promise.resolve(new Blob([content])),
  }));
  return new Uint8Array(await new Response(zipStream(all, new AbortController().signal)).arrayBuffer());
}

/** An export of those lines. */
function rows(
  lines: string[],
  about: object = {},
  more: Record<string, string> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return zipOf({ 'errand.json': header(about), 'rows/000001.ndjson': lines.join('\n'), ...more });
}

async function refuse(to: Place, bytes: Uint8Array<ArrayBuffer>, details: object): Promise<void> {
  const zip = new Blob([bytes]);
  const { store, clock } = to;
  const before = await readTables(store);
  const { problem } = await readImport(store, zip);
  expect(problem).toMatchObject({ code: 'invalid-import', details });
  const taking = importAll({ store, clock, newId: idMaker(clock), by: 'kim', onProgress: () => undefined }, zip, {
    conflicts: 'new-ids',
  });
  await expect(taking).rejects.toMatchObject({ code: 'invalid-import', message: problem?.message, details });
  expect(await readTables(store)).toEqual(before);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
}

const ROWS = 'rows/000001.ndjson';
const AT = `${ROWS}:1`;

describe('a hostile import', () => {
  test('A14 that is sound is none', async () => {
    const { store } = await place();
    for (const zip of [
      await rows([task()]),
      await rows([task(), '', line('files', FILE)], { files: 1 }, { 'files/f': 'abc' }),
    ])
      expect(await readImport(store, new Blob([zip]))).toMatchObject({ tasks: 1, problem: null });
    const packed = zipSync({ 'errand.json': strToU8(header()), rows: { '000001.ndjson': strToU8(task()) } });
    expect(await readImport(store, new Blob([new Uint8Array(packed)]))).toMatchObject({ tasks: 1, problem: null });
  });

  test.each<[string, () => Promise<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer>, object]>([
    ['nothing', () => new Uint8Array(0), { where: 'zip' }],
    ['no zip', () => new Uint8Array(1_000).fill(80), { where: 'zip' }],
    ['another zip', () => zipOf({ 'a.txt': 'a' }), { where: 'a.txt' }],
    ['no header', () => zipOf({ [ROWS]: task() }), { where: 'zip' }],
    ['a path that leads elsewhere', () => rows([task()], {}, { '../evil': 'x' }), { where: '../evil' }],
    [
      'a path that leads elsewhere from files',
      () => rows([task()], {}, { 'files/../../evil': 'x' }),
      { where: 'files/../../evil' },
    ],
    ['an absolute path', () => rows([task()], {}, { '/etc/passwd': 'x' }), { where: '/etc/passwd' }],
    ['a newer version', () => rows([task()], { version: 2 }), { where: 'errand.json', field: 'version' }],
    ['no version', () => rows([task()], { version: 'x' }), { where: 'errand.json', field: 'version' }],
    ['another format', () => rows([task()], { format: 'x' }), { where: 'errand.json', field: 'format' }],
    ['a header with more in it', () => rows([task()], { evil: 1 }), { where: 'errand.json', field: 'evil' }],
    ['fewer tasks than said', () => rows([task()], { tasks: 2 }), { where: 'errand.json' }],
    ['no JSON', () => rows(['{']), { where: AT }],
    ['no text', () => zipOf({ 'errand.json': header(), [ROWS]: new Uint8Array([255, 254]) }), { where: ROWS }],
    ['an unknown table', () => rows([line('meta', {})]), { where: AT, field: 'table' }],
    ['an unknown field', () => rows([task({ evil: 1 })]), { where: AT, field: 'evil' }],
    ['__proto__', () => rows([task().replace('"name"', '"__proto__":{"polluted":1},"name"')]), { where: AT }],
    [
      '__proto__ in a payload',
      () => rows([task({ payload: 'P' }).replace('"P"', '{"__proto__":{"polluted":1}}')]),
      { where: AT },
    ],
    [
      'deep nesting',
      () => rows([task({ payload: 'P' }).replace('"P"', '['.repeat(9_000) + ']'.repeat(9_000))]),
      { where: AT },
    ],
    ['a type that is none', () => rows([task({ type: '<b>' })]), { where: AT, field: 'type' }],
    ['a status that is none', () => rows([task({ status: 'running' })]), { where: AT, field: 'status' }],
    ['an id that is none', () => rows([task({ id: 'a\u0000b' })]), { where: AT, field: 'id' }],
    ['an id that is too long', () => rows([task({ id: 'a'.repeat(201) })]), { where: AT, field: 'id' }],
    ['a time that is none', () => rows([task({ createdAt: 1e300 })]), { where: AT, field: 'createdAt' }],
    ['no number', () => rows([task({ rank: NaN })]), { where: AT, field: 'rank' }],
    ['an end without a time', () => rows([task({ status: 'completed' })]), { where: AT, field: 'finishedAt' }],
    [
      'a run that is none',
      () => rows([task({ run: { ...pending.run, index: -1 } })]),
      { where: AT, field: 'run.index' },
    ],
    [
      'a schedule that is none',
      () => rows([task({ schedule: { kind: 'cron', cron: '* *', timeZone: 'x' } })]),
      { where: AT },
    ],
    [
      'a field of a schedule',
      () => rows([task({ schedule: { kind: 'at', at: 5, evil: 1 } })]),
      { where: AT, field: 'schedule.evil' },
    ],
    ['two of one id', () => rows([task(), task()]), { where: `${ROWS}:2`, field: 'id' }],
    ['a claim on a step', () => rows([task(), line('steps', {}, { claim: {} })]), { where: `${ROWS}:2` }],
    [
      'what belongs to nobody',
      () => rows([task(), line('values', { taskId: 'x', kind: 'payload', index: 0, value: 1 })]),
      { where: `${ROWS}:2`, field: 'taskId' },
    ],
    [
      'a past run that is newer',
      () => rows([task(), line('runs', { ...pending.run, taskId: 't', index: 5 })]),
      { field: 'index' },
    ],
    [
      'a circle',
      () => rows([task({ id: 'a', blockedBy: ['b'] }), task({ id: 'b', blockedBy: ['a'] })], { tasks: 2 }),
      { where: 'rows', field: 'blockedBy' },
    ],
    ['a file without bytes', () => rows([task(), line('files', FILE)], { files: 1 }), { where: 'files/f' }],
    ['bytes without a file', () => rows([task()], {}, { 'files/f': 'abc' }), { where: 'files/f' }],
    [
      'a file of another size',
      () => rows([task(), line('files', FILE)], { files: 1 }, { 'files/f': 'abcd' }),
      { where: 'files/f', field: 'size' },
    ],
    [
      'a file whose id is a path',
      () => rows([task(), line('files', { ...FILE, id: '../f' })], { files: 1 }),
      { where: `${ROWS}:2`, field: 'id' },
    ],
    [
      'a token that is too large',
      () =>
        rows([task(), line('logs', { taskId: 't', runIndex: 0, attempt: 1, claimToken: 2 ** 53, seq: 0, lines: [] })]),
      { where: `${ROWS}:2`, field: 'claimToken' },
    ],
  ])('A14 is refused: %s', async (_, made, details) => {
    await refuse(await place(), await made(), details);
  });

  test('A14 is refused wherever it is cut off', async () => {
    const whole = await rows([task(), line('files', FILE)], { files: 1 }, { 'files/f': 'abc' });
    const to = await place();
    for (let end = 0; end < whole.length; end += 37) await refuse(to, whole.slice(0, end), { where: 'zip' });
  });

  test('A14 is refused whichever byte of a file was changed', async () => {
    const whole = await rows([task(), line('files', FILE)], { files: 1 }, { 'files/f': 'abc' });
    const at = new TextDecoder('latin1').decode(whole).indexOf('abc');
    whole[at + 1] = 0;
    await refuse(await place(), whole, { where: 'files/f' });
  });

  test('A14 never throws anything else, whatever bytes were changed', { timeout: 60_000 }, async () => {
    const whole = await rows([task(), line('files', FILE)], { files: 1 }, { 'files/f': 'abc' });
    const { store } = await place();
    for (let at = 0; at < whole.length; at += 1) {
      const changed = whole.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const { problem } = await readImport(store, new Blob([changed]));
      if (problem !== null) expect(problem.code).toBe('invalid-import');
    }
  });

  test('A14 of more than it says is stopped where that is passed', async () => {
    const packed = new Uint8Array(
      zipSync({ 'errand.json': strToU8(header()), 'rows/000001.ndjson': new Uint8Array(50_000_000) }),
    );
    const view = new DataView(packed.buffer);
    const record = new TextDecoder('latin1').decode(packed).lastIndexOf('rows/000001.ndjson') - 46;
    expect(view.getUint32(record, true)).toBe(0x02014b50);
    view.setUint32(record + 24, 1_000, true);
    expect(packed.length).toBeLessThan(100_000);
    await refuse(await place(), packed, { where: ROWS });
  });

  test('A14 of entries that share their bytes is refused', async () => {
    const zip = await rows([task()], {}, { 'files/f': 'abc', 'files/g': 'abc' });
    const view = new DataView(zip.buffer);
    const text = new TextDecoder('latin1').decode(zip);
    const [f, g] = ['files/f', 'files/g'].map((name) => text.lastIndexOf(name) - 46) as [number, number];
    view.setUint32(g + 42, view.getUint32(f + 42, true), true);
    await refuse(await place(), zip, { where: 'files/g' });
  });

  test('A14 asks for a file and for what to do with conflicts', async () => {
    const { store, clock } = await place();
    const setup = { store, clock, newId: idMaker(clock), by: 'kim', onProgress: () => undefined };
    const refusal = (field: string) => ({ code: 'invalid-request', details: { field } });
    await expect(importAll(setup, 'zip' as never, { conflicts: 'skip' })).rejects.toMatchObject(refusal('blob'));
    await expect(importAll(setup, new Blob([]), {} as never)).rejects.toMatchObject(refusal('conflicts'));
    await expect(readImport(store, {} as never)).rejects.toMatchObject(refusal('blob'));
  });
});
