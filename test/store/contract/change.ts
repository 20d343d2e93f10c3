// What else befalls a task: it is cancelled, retried by hand, removed.

import { describe, expect, test } from 'vitest';
import {
  cancel,
  discard,
  type FileRow,
  insert,
  type LogRow,
  recordArtifact,
  recordChunk,
  recordLog,
  pause,
  recordStep,
  remove,
  retry,
  sweepTrash,
} from '../../../src/store/index.ts';
import type { ClaimToken, TaskId } from '../../../src/task/index.ts';
import { newPlace, type OpenStore, type Place } from '../../support/place.ts';
import { readTables, recount, rowsOf } from '../../support/raw.ts';
import { newRow } from '../../support/rows.ts';

const statusOf = async (place: Place, id: string) => (await place.row(id))?.status;

export function cancelContract(openStore: OpenStore): void {
  describe('a cancel', () => {
    test('B4 of a running task voids its claim', async () => {
      const place = await newPlace(openStore);
      await place.insert({});
      const { row } = await place.takeOne();
      const state = await place.store.do(cancel(row.id, 'enough'));
      expect(state.row).toMatchObject({ status: 'cancelled', error: { code: 'cancelled', message: 'enough' } });
      expect(await place.store.task(row.id)).toEqual({ row: state.row, claim: undefined });
      expect((await place.store.standing()).claims.size).toBe(0);
      await recount(place.store);
    });

    test('A6 reaches the unfinished children and their children, running or not, and no others', async () => {
      const place = await newPlace(openStore);
      const { id } = await place.insertOne({ id: 'root' });
      await place.insert(
        { id: 'done', parentId: 'root', priority: 'high' },
        { id: 'running', parentId: 'root', priority: 5 },
        { id: 'waiting', parentId: 'root', schedule: { at: place.clock.now() + 9 } },
        { id: 'deep', parentId: 'running' },
        { id: 'below done', parentId: 'done' },
        { id: 'other' },
      );
      await place.settle(await place.takeOne(), { kind: 'succeeded' });
      const late = await place.takeOne();
      await place.store.do(cancel(id, 'enough'));
      for (const member of ['root', 'running', 'waiting', 'deep', 'below done']) {
        expect([member, await statusOf(place, member)]).toEqual([member, 'cancelled']);
      }
      expect(await statusOf(place, 'done')).toBe('completed');
      expect(await statusOf(place, 'other')).toBe('pending');
      expect(await place.settle(late, { kind: 'succeeded' })).toBeUndefined();
      await recount(place.store);
    });

    test('A6 of a child leaves its parent alone', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'parent' }, { id: 'child', parentId: 'parent' });
      await place.store.do(cancel('child' as TaskId, 'enough'));
      expect(await statusOf(place, 'parent')).toBe('pending');
    });

    test('B4 of what has ended, or is not there, is refused and changes nothing', async () => {
      const place = await newPlace(openStore);
      await place.insert({});
      const { row } = await place.takeOne();
      await place.store.do(cancel(row.id, 'enough'));
      const seq = await place.seq();
      await expect(place.store.do(cancel(row.id, 'x'))).rejects.toMatchObject({ code: 'already-finished' });
      await expect(place.store.do(cancel('nobody' as TaskId, 'x'))).rejects.toMatchObject({ code: 'not-found' });
      expect(await place.seq()).toBe(seq);
    });
  });
}

export function retryContract(openStore: OpenStore): void {
  describe('a retry by hand', () => {
    test('C2 makes a new run and keeps the one before, with how it ended', async () => {
      const place = await newPlace(openStore);
      await place.insert({ retry: { maxRetries: 0 } });
      const claimed = await place.takeOne();
      const { id } = claimed.row;
      await place.settle(claimed, { kind: 'failed' });
      const state = await place.store.do(retry(id, 'kim'));
      expect(state.row).toMatchObject({ status: 'pending', lane: 'test.noop', failures: 0 });
      expect(state.row.run).toMatchObject({ index: 1, trigger: 'retry', triggeredBy: 'kim' });
      const [past, ...rest] = await place.store.runs(id);
      expect(past).toMatchObject({
        taskId: id,
        index: 0,
        trigger: 'initial',
        status: 'failed',
        error: { code: 'oops' },
      });
      expect(rest).toEqual([]);
      expect((await place.takeOne()).row.id).toBe(id);
      await recount(place.store);
    });

    test('of a cancelled task lets it run after all', async () => {
      const place = await newPlace(openStore);
      const { id } = await place.insertOne();
      await place.store.do(cancel(id, 'enough'));
      await place.store.do(retry(id, 'kim'));
      expect((await place.takeOne()).row.id).toBe(id);
      await recount(place.store);
    });

    test('of what is under way, completed, or not there is refused', async () => {
      const place = await newPlace(openStore);
      const { id } = await place.insertOne();
      await expect(place.store.do(retry(id, 'kim'))).rejects.toMatchObject({ code: 'not-retryable' });
      const claimed = await place.takeOne();
      await expect(place.store.do(retry(id, 'kim'))).rejects.toMatchObject({ code: 'not-retryable' });
      await place.settle(claimed, { kind: 'succeeded' });
      await expect(place.store.do(retry(id, 'kim'))).rejects.toMatchObject({ code: 'not-retryable' });
      await expect(place.store.do(retry('nobody' as TaskId, 'kim'))).rejects.toMatchObject({ code: 'not-found' });
      expect(await place.store.runs(id)).toEqual([]);
    });
  });
}

const file = (id: string, taskId: TaskId, role: FileRow['role'] = 'artifact'): FileRow => {
  return { id, taskId, role, name: id, type: '', size: 1, lastModified: 0, createdAt: 0 };
};

const BY_KIM = { createdAt: 0, createdBy: 'kim' };

function logOf(taskId: TaskId, claimToken: ClaimToken): LogRow {
  return { taskId, runIndex: 1, attempt: 1, claimToken, seq: 0, lines: [] };
}

/** A task with a row in every table, still running. */
async function lived(place: Place, id: string) {
  const row = newRow({ id, retry: { maxRetries: 0 } }, undefined, true);
  const payload = { taskId: row.id, kind: 'payload' as const, index: 0, value: 'large' };
  await place.store.do(insert([{ row, ownId: true, payload, files: [file(`${id} given`, row.id, 'payload')] }]));
  await place.settle(await place.takeOne(), { kind: 'failed' });
  await place.store.do(retry(row.id, 'kim'));
  const claimed = await place.takeOne();
  const holder = { row: claimed.row, token: claimed.claim.token };
  const of = { taskId: row.id, stepSet: 0 };
  await Promise.all([
    place.store.do(
      recordStep(holder, { ...of, name: 's', kind: 'step', status: 'completed', seq: 1, tries: [], startedAt: 0 }),
    ),
    place.store.do(recordChunk(holder, { ...of, name: 'm', from: 0, results: [1] }, undefined)),
    place.store.do(recordLog(holder, logOf(row.id, holder.token))),
    place.store.do(recordArtifact(holder, file(`${id} made`, row.id))),
  ]);
  return claimed;
}

const BELONGINGS = ['runs', 'values', 'steps', 'chunks', 'logs', 'files'] as const;

export function removeContract(openStore: OpenStore): void {
  describe('a remove', () => {
    test('A13 deletes the rows of every table, and says which files may go', async () => {
      const place = await newPlace(openStore);
      await lived(place, 'mine');
      await lived(place, 'mine too');
      for (const table of BELONGINGS) expect(await rowsOf(place.store, table, 'mine')).not.toEqual([]);
      const kept = await Promise.all(BELONGINGS.map((table) => rowsOf(place.store, table, 'mine too')));
      expect(await place.store.do(remove(['mine' as TaskId]))).toEqual(['mine']);
      expect((await place.store.standing()).head).toMatchObject({ trashed: 1 });
      expect(await place.store.do(sweepTrash(place.clock.now() - 1, 10))).toEqual({
        files: [],
        last: 'mine',
        isEnd: true,
      });
      const { files } = await place.store.do(sweepTrash(place.clock.now(), 10));
      expect(files.sort()).toEqual(['mine given', 'mine made']);
      expect((await place.store.standing()).head).toMatchObject({ trashed: 0 });
      for (const table of BELONGINGS) expect(await rowsOf(place.store, table, 'mine')).toEqual([]);
      expect(await place.row('mine')).toBeUndefined();
      expect(await Promise.all(BELONGINGS.map((table) => rowsOf(place.store, table, 'mine too')))).toEqual(kept);
      await recount(place.store);
    });

    test('A1 takes many, whatever their status, and passes over what is not there', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'a' }, { id: 'b' }, { id: 'c', schedule: { at: place.clock.now() + 5 } });
      await place.settle(await place.takeOne(), { kind: 'succeeded' });
      const ids = ['a', 'nobody', 'b', 'c'] as TaskId[];
      expect(await place.store.do(remove(ids))).toEqual(['a', 'b', 'c']);
      expect((await readTables(place.store)).tasks).toEqual([]);
      await recount(place.store);
    });

    test('A1 of nothing is no change', async () => {
      const place = await newPlace(openStore);
      const seq = await place.seq();
      expect(await place.store.do(remove(['nobody' as TaskId]))).toEqual([]);
      expect(await place.seq()).toBe(seq);
    });

    test('A13 and an insert of the same id, in one transaction, make the new task with all that is its own', async () => {
      const place = await newPlace(openStore);
      await place.insert({ id: 'mine' });
      const row = newRow({ id: 'mine' }, undefined, true);
      const payload = { taskId: row.id, kind: 'payload' as const, index: 0, value: 'new' };
      await Promise.all([place.store.do(remove([row.id])), place.store.do(insert([{ row, ownId: true, payload }]))]);
      expect(await place.store.value(row, 'payload', 0)).toBe('new');
      await recount(place.store);
    });

    test('A13 lets the id be used again, with nothing left of the task before', async () => {
      const place = await newPlace(openStore);
      const old = await lived(place, 'mine');
      await place.store.do(remove([old.row.id]));
      const [again] = await place.insert({ id: 'mine', name: 'new' });
      expect(again).toMatchObject({ created: true, row: { name: 'new', version: 1 } });
      for (const table of BELONGINGS) expect(await rowsOf(place.store, table, 'mine')).toEqual([]);
      await recount(place.store);
    });
  });
}

export function discardContract(openStore: OpenStore): void {
  describe('what is deleted for good', () => {
    test.each([1, 30])(
      'A14 of finished tasks deletes all that is theirs, and nothing of the %d rows that lie between',
      async (between) => {
        const place = await newPlace(openStore);
        const claimed = [await lived(place, 'a'), await lived(place, 'b'), await lived(place, 'c')] as const;
        const holder = { row: claimed[1].row, token: claimed[1].claim.token };
        for (let seq = 1; seq <= between; seq++)
          await place.store.do(recordLog(holder, { ...logOf(holder.row.id, holder.token), seq }));
        await place.insert({ id: 'aa' }, { id: 'bb' });
        const kept = await Promise.all(BELONGINGS.map((table) => rowsOf(place.store, table, 'b')));
        for (const each of [claimed[0], claimed[2]]) await place.settle(each, { kind: 'succeeded' });
        const { removed, files } = await place.store.do(discard(['c', 'a', 'aa', 'nobody'] as TaskId[]));
        expect([removed, files.sort()]).toEqual([2, ['a given', 'a made', 'c given', 'c made']]);
        for (const table of BELONGINGS) {
          expect(await rowsOf(place.store, table, 'a')).toEqual([]);
          expect(await rowsOf(place.store, table, 'c')).toEqual([]);
        }
        expect(await Promise.all(BELONGINGS.map((table) => rowsOf(place.store, table, 'b')))).toEqual(kept);
        expect(await place.row('aa')).toBeDefined();
        await recount(place.store);
      },
    );

    test('A13 goes over deleted tasks part by part', async () => {
      const place = await newPlace(openStore);
      const ids = ['a', 'b', 'c', 'd', 'e'] as TaskId[];
      await place.insert(...ids.map((id) => ({ id })));
      await place.store.do(remove(ids.slice(0, 3)));
      place.clock.jump(1);
      await place.store.do(remove(ids.slice(3)));
      const before = place.clock.now() - 1;
      expect(await place.store.do(sweepTrash(before, 2))).toEqual({ files: [], last: 'b', isEnd: false });
      expect(await place.store.do(sweepTrash(before, 2, 'b' as TaskId))).toMatchObject({ last: 'd', isEnd: false });
      expect(await place.store.do(sweepTrash(before, 2, 'd' as TaskId))).toMatchObject({ last: 'e', isEnd: true });
      expect((await place.store.standing()).head).toMatchObject({ trashed: 2 });
      await recount(place.store);
    });

    test('D6 takes with it the rules that name it alone: they hold nobody who comes later with its id', async () => {
      const place = await newPlace(openStore);
      const rule = (ruleId: string, taskId: string) => pause({ ruleId, taskId: taskId as TaskId, ...BY_KIM });
      await place.insert({ id: 'gone' }, { id: 'replaced' }, { id: 'ended' }, { id: 'kept' });
      for (const id of ['gone', 'replaced', 'ended', 'kept']) await place.store.do(rule(`rule of ${id}`, id));
      for (const id of ['gone', 'ended', 'kept'])
        await place.store.do(pause({ ruleId: `steps of ${id}`, taskId: id as TaskId, stepPattern: '*', ...BY_KIM }));
      await place.store.do(cancel('ended' as TaskId, 'enough'));
      await place.store.do(remove(['gone', 'replaced'] as TaskId[]));
      expect(await place.store.pauses()).toHaveLength(7);
      const refused = place.insert({ id: 'gone', dependsOn: ['nobody'] });
      await Promise.all([expect(refused).rejects.toThrow(), place.insert({ id: 'other' })]);
      expect((await place.store.standing()).head.rules).toHaveLength(3);
      await place.insert({ id: 'replaced' });
      await place.store.do(sweepTrash(place.clock.now(), 10));
      await place.store.do(discard(['ended'] as TaskId[]));
      expect((await place.store.pauses()).map(({ ruleId }) => ruleId).sort()).toEqual([
        'rule of kept',
        'steps of kept',
      ]);
      expect((await place.store.standing()).head.rules.map(({ ruleId }) => ruleId)).toEqual(['steps of kept']);
      expect((await place.row('replaced'))?.waiting).toBeUndefined();
      await recount(place.store);
    });
  });
}
