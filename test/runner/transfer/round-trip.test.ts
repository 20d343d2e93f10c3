// Everything goes out and comes in again, and is what it was; what was not over comes in paused.

import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { exportAll } from '../../../src/runner/transfer/export.ts';
import { importAll, readImport } from '../../../src/runner/transfer/import.ts';
import { freeImported } from '../../../src/runner/transfer/clerk.ts';
import {
  cancel,
  lift,
  pause,
  recordArtifact,
  recordChunk,
  recordLog,
  recordStep,
  Store,
} from '../../../src/store/index.ts';
import { idMaker, type TaskId, type TaskRow } from '../../../src/task/index.ts';
import { said } from '../../support/flow.ts';
import { clearPlaces, newPlace, type Place } from '../../support/place.ts';
import { readTables, recount } from '../../support/raw.ts';

const QUOTA = { quota: 10 * 2 ** 30, usage: 0 };

vi.stubGlobal('navigator', { storage: { estimate: () => Promise.resolve(QUOTA) } });
afterEach(async () => {
  QUOTA.quota = 10 * 2 ** 30;
  await clearPlaces();
});

const place = () => newPlace((database, clock) => Store.open(database, clock));
const nothing = () => undefined;

function out({ store, clock }: Place): Promise<Blob> {
  return exportAll({ store, clock, newId: idMaker(clock), onProgress: nothing });
}

function back(
  { store, clock }: Place,
  zip: Blob,
  conflicts: 'skip' | 'new-ids' = 'skip',
  onProgress: (done: number, total: number) => void = nothing,
) {
  return importAll({ store, clock, newId: idMaker(clock), by: 'kim', onProgress }, zip, { conflicts });
}

/** One task of every kind, with all that can belong to one. */
async function peopled(): Promise<Place> {
  const from = await place();
  const { store, clock } = from;
  await from.insert(
    { id: 'running', priority: 9, payload: { deep: new Map([[1, new Date(5)]]) }, concurrencyKey: 'one' },
    { id: 'once', priority: 8 },
    { id: 'done', priority: 7, payload: new Set([1n, undefined]) },
    { id: 'failed', priority: 6, retry: { maxRetries: 0 } },
    { id: 'retrying', priority: 5 },
  );
  const [running, , done, failed, retrying] = [
    await from.takeOne(),
    await takeOnce(from),
    await from.takeOne(),
    await from.takeOne(),
    await from.takeOne(),
  ];
  const token = running.claim.token;
  const holder = { row: running.row, token };
  const step = {
    taskId: running.row.id,
    stepSet: 0,
    name: 'a',
    kind: 'map' as const,
    seq: 0,
    status: 'running' as const,
    startedAt: 5,
    tries: [],
    total: 9,
  };
  await store.do(recordStep(holder, step));
  await store.do(
    recordChunk(
      holder,
      { taskId: running.row.id, stepSet: 0, name: 'a', from: 0, results: [1, new Date(7)] },
      { percent: 20 },
    ),
  );
  await store.do(
    recordLog(holder, {
      taskId: running.row.id,
      runIndex: 0,
      attempt: 1,
      claimToken: token,
      seq: 0,
      lines: [{ at: 5, level: 'info', message: '<b>hi</b>' }],
    }),
  );
  const content = new TextEncoder().encode('hello');
  const written = await store.writeFile('file-1', content);
  await store.do(
    recordArtifact(holder, {
      id: 'file-1',
      taskId: running.row.id,
      role: 'artifact',
      name: '../a.txt',
      type: 'text/plain',
      lastModified: 5,
      createdAt: 5,
      ...written,
    }),
  );
  await from.settle(done, {
    kind: 'succeeded',
    result: { $type: 'file', id: 'file-1', name: 'a.txt', type: '', size: 5, lastModified: 5 },
  });
  await from.settle(failed, { kind: 'failed' });
  await from.settle(retrying, { kind: 'failed' });
  await from.insert(
    { id: 'ready' },
    { id: 'timed', schedule: { at: clock.now() + 60_000, missed: 'skip' } },
    { id: 'cron', schedule: { cron: '0 9 * * 1', timeZone: 'Europe/Berlin' } },
    { id: 'event', schedule: { on: { event: 'x' } } },
    { id: 'blocked', dependsOn: ['ready', 'done'] },
    { id: 'held' },
    { id: 'limited', concurrencyKey: 'one', constraints: { network: 'online' } },
    { id: 'cancelled', parentId: 'running' },
  );
  await store.do(cancel('cancelled' as TaskId, 'enough'));
  await store.do(pause({ ruleId: 'rule', taskId: 'held' as TaskId, createdAt: clock.now(), createdBy: 'kim' }));
  return from;
}

async function takeOnce(from: Place) {
  const { claimed } = await from.store.do(
    from.claiming(1, [...(await from.store.standing()).head.lanes.keys()], false, true),
  );
  for (const { row } of claimed) from.positions.advance(row);
  return claimed[0];
}

describe('an export', () => {
  test('A14 comes in again: what has ended as it was, the rest paused until the rule is lifted', async () => {
    const from = await peopled();
    const zip = await out(from);
    const to = await place();
    const preview = await readImport(to.store, zip);
    expect(preview).toMatchObject({
      tasks: 13,
      byStatus: { pending: 8, running: 2, completed: 1, failed: 1, cancelled: 1 },
      byType: { 'test.noop': 13 },
      unfinished: 10,
      files: 1,
      bytes: 5,
      conflicts: { total: 0 },
      problem: null,
    });
    expect((await readTables(to.store)).tasks).toEqual([]);
    const result = await back(to, zip);
    expect(result).toMatchObject({ imported: 13, skipped: 0, renamed: 0, files: 1 });
    await recount(to.store);
    expect((await to.store.standing()).head.lanes.size).toBe(0);
    for (const id of ['done', 'failed', 'cancelled'] as const) {
      const { row } = (await to.store.task(id)) ?? {};
      const { row: was } = (await from.store.task(id)) ?? {};
      expect({ ...row, result: undefined }).toEqual({ ...was, result: undefined });
    }
    expect(
      await said(to, 'running', 'once', 'retrying', 'ready', 'timed', 'event', 'blocked', 'held', 'limited'),
    ).toEqual(['pause', 'decision', 'retry', 'pause', 'time', 'event', 'dependency', 'pause', 'pause']);
    const [was, is] = [await readTables(from.store), await readTables(to.store)];
    expect(is.steps).toEqual(was.steps);
    expect(is.chunks).toEqual(was.chunks);
    expect(is.logs).toEqual(was.logs);
    const [file] = (await to.store.artifacts('running' as TaskId, 0, 9)).rows;
    expect(await (await to.store.openFile(file?.id ?? '')).text()).toBe('hello');
    expect((await to.store.task('done'))?.row.result).toMatchObject({ id: file?.id });
    const ruleId = result.ruleId ?? '';
    await freeImported(to.store, { ruleId });
    expect(await to.store.do(lift({ ruleId }, to.clock.now()))).toHaveLength(1);
    expect(await said(to, 'running', 'ready', 'held')).toEqual(['ready', 'ready', 'pause']);
    await recount(to.store);
    expect((await to.take(5)).map(({ row }) => row.id)).toContain('running');
  });

  test('A14 skips what is here, or takes it under an id of its own, with all that belongs to it', async () => {
    const from = await peopled();
    const zip = await out(from);
    const before = await readTables(from.store);
    expect(await readImport(from.store, zip)).toMatchObject({ conflicts: { total: 13 }, problem: null });
    expect(await back(from, zip, 'skip')).toMatchObject({ imported: 0, skipped: 13, files: 0, ruleId: null });
    expect((await readTables(from.store)).tasks).toEqual(before.tasks);
    expect(await back(from, zip, 'new-ids')).toMatchObject({ imported: 13, renamed: 13, files: 1 });
    await recount(from.store);
    const after = await readTables(from.store);
    for (const table of ['steps', 'chunks', 'logs', 'files'] as const)
      expect(after[table]).toHaveLength(2 * before[table].length);
    const rows = after.tasks as unknown as TaskRow[];
    const known = new Set(rows.map((row) => row.id));
    const copy = rows.find((row) => row.dependsOn !== undefined && row.id !== 'blocked');
    expect(copy?.dependsOn?.tasks.every((id) => known.has(id) && id !== 'ready' && id !== 'done')).toBe(true);
    expect(copy?.blockedBy).toHaveLength(1);
    expect(rows.filter((row) => row.parentId !== undefined).map((row) => row.parentId)).not.toEqual([
      'running',
      'running',
    ]);
  });

  test('A14 of any payload is that payload', { timeout: 60_000 }, async () => {
    const payload = fc.anything({
      withDate: true,
      withMap: true,
      withSet: true,
      withBigInt: true,
      withTypedArray: true,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            payload,
            priority: fc.integer({ min: -5, max: 5 }),
            name: fc.string({ unit: 'binary' }),
            tags: fc.array(fc.string({ minLength: 1, maxLength: 9 }), { maxLength: 3 }),
          }),
          { maxLength: 12 },
        ),
        async (tasks) => {
          const [from, to] = [await place(), await place()];
          await from.insert(...tasks);
          const [half] = [await from.take(Math.floor(tasks.length / 2))];
          for (const claimed of half) await from.settle(claimed, { kind: 'succeeded', result: claimed.row.payload });
          await back(to, await out(from));
          await recount(to.store);
          const rowsOf = async ({ store }: Place) =>
            ((await readTables(store)).tasks as unknown as TaskRow[]).map(
              ({ id, name, payload, result, rank, tags, createdAt, status, finishedAt, run }) => ({
                id,
                name,
                payload,
                result,
                rank,
                tags,
                createdAt,
                status,
                finishedAt,
                run,
              }),
            );
          expect(await rowsOf(to)).toEqual(await rowsOf(from));
          await Promise.all([from.store.close(), to.store.close()]);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('A14 of 10,000 tasks comes in and is let go', { timeout: 120_000 }, async () => {
    const [from, to] = [await place(), await place()];
    for (let i = 0; i < 10; i++)
      await from.insert(
        ...Array.from({ length: 1_000 }, (_, j) => ({ name: `task ${i} ${j}`, priority: j % 3, payload: { i, j } })),
      );
    const zip = await out(from);
    const told: number[] = [];
    const { imported, ruleId } = await back(to, zip, 'skip', (done) => told.push(done));
    expect(imported).toBe(10_000);
    expect(told.length).toBeGreaterThan(20);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    await freeImported(to.store, { ruleId: ruleId ?? '' });
    const { head } = await to.store.standing();
    expect([...head.lanes.values()]).toEqual([10_000]);
  });

  test('A14 that does not fit is refused, and nothing of it stays', async () => {
    const from = await peopled();
    const zip = await out(from);
    const to = await place();
    QUOTA.quota = 5;
    await expect(back(to, zip)).rejects.toMatchObject({ code: 'quota-exceeded' });
    expect((await readTables(to.store)).tasks).toEqual([]);
    expect((await readTables(to.store)).files).toEqual([]);
  });

  test('A14 that breaks off on the way is taken back', async () => {
    const from = await place();
    await from.insert(
      ...Array.from({ length: 700 }, (_, i) => ({ id: `task ${i}`, dependsOn: i > 0 ? [`task ${i - 1}`] : ['first'] })),
      { id: 'first' },
    );
    const zip = await out(from);
    const to = await place();
    await to.insert({ id: 'here' });
    const before = await readTables(to.store);
    const failing = (done: number) => {
      if (done > 300) throw new DOMException('The disk is full.', 'QuotaExceededError');
    };
    await expect(back(to, zip, 'skip', failing)).rejects.toMatchObject({ code: 'quota-exceeded' });
    const after = await readTables(to.store);
    for (const table of ['tasks', 'runs', 'files', 'logs'] as const) expect(after[table]).toEqual(before[table]);
    expect(await to.store.pauses()).toEqual([]);
    await recount(to.store);
  });

  test('A14 of a task that ended while it was exported goes on here', async () => {
    const [from, to] = [await place(), await place()];
    await from.insert({ id: 'z' }, { id: 'a', dependsOn: ['z'] });
    const zip = await out(from);
    await to.insert({ id: 'z' });
    await to.settle(await to.takeOne(), { kind: 'succeeded' });
    const { ruleId } = await back(to, zip);
    expect(await said(to, 'z', 'a')).toEqual(['completed', 'pause']);
    await to.store.do(lift({ ruleId: ruleId ?? '' }, to.clock.now()));
    expect(await said(to, 'a')).toEqual(['ready']);
  });
});
