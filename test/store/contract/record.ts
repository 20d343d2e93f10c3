// What an attempt records on its way, and only under its claim.

import { describe, expect, test } from 'vitest';
import {
  cancel,
  type FileRow,
  type Holder,
  insert,
  type Operation,
  recordArtifact,
  recordChunk,
  recordLog,
  recordProgress,
  recordStep,
  type StepRow,
} from '../../../src/store/index.ts';
import { newPlace, type OpenStore, type Place } from '../../support/place.ts';
import { readTables, recount } from '../../support/raw.ts';
import { newRow, tokenOf } from '../../support/rows.ts';

async function held(place: Place, request = {}): Promise<Holder> {
  await place.insert(request);
  const { row, claim } = await place.takeOne();
  return { row, token: claim.token };
}

const step = ({ row }: Holder, rest: Partial<StepRow> = {}): StepRow => {
  const { id: taskId, run } = row;
  return {
    taskId,
    stepSet: run.stepSet,
    name: 'a',
    kind: 'step',
    status: 'completed',
    seq: 1,
    tries: [],
    startedAt: 0,
    ...rest,
  };
};
const chunk = ({ row }: Holder, from: number, results: unknown[]) => {
  return { taskId: row.id, stepSet: 0, name: 'm', from, results };
};
const log = ({ row, token }: Holder, seq: number) => {
  const lines = [{ at: seq, level: 'info' as const, message: `line ${seq}` }];
  return { taskId: row.id, runIndex: 0, attempt: 1, claimToken: token, seq, lines };
};
const artifact = ({ row }: Holder, id: string, name: string): FileRow => {
  return { id, taskId: row.id, role: 'artifact', name, type: '', size: 1, lastModified: 0, createdAt: 0 };
};

export function recordContract(openStore: OpenStore): void {
  describe('a record', () => {
    test('C1 of a step is kept, with its result', async () => {
      const place = await newPlace(openStore);
      const holder = await held(place);
      const row = step(holder, { result: { n: 1 }, completedAt: 5 });
      expect(await place.store.do(recordStep(holder, row))).toEqual(holder.row);
      await place.store.do(recordStep(holder, step(holder, { name: 'b', status: 'running' })));
      await place.store.do(recordStep(holder, step(holder, { name: 'other set', stepSet: 1 })));
      expect((await place.store.steps(holder.row.id, 0)).map((each) => each.name)).toEqual(['a', 'b']);
      expect((await place.store.steps(holder.row.id, 0))[0]).toEqual(row);
    });

    test('B14 of a chunk is a row of its own, and comes with its progress', async () => {
      const place = await newPlace(openStore);
      const holder = await held(place);
      await Promise.all([
        place.store.do(recordChunk(holder, chunk(holder, 20, [3]), { percent: 60 })),
        place.store.do(recordChunk(holder, chunk(holder, 0, [1, 2]), { percent: 80, message: 'most' })),
      ]);
      const chunks = await place.store.chunks(holder.row.id, 0, 'm');
      expect(chunks.map(({ from, results }) => [from, results])).toEqual([
        [0, [1, 2]],
        [20, [3]],
      ]);
      expect(await place.store.chunks(holder.row.id, 0, 'another')).toEqual([]);
      const state = await place.store.task(holder.row.id);
      expect(state?.claim?.progress).toEqual({ percent: 80, message: 'most' });
      expect(state?.row).toEqual(holder.row);
    });

    test('B3 of log lines is kept in the order in which they were written', async () => {
      const place = await newPlace(openStore);
      const holder = await held(place);
      for (const seq of [2, 0, 11, 1]) await place.store.do(recordLog(holder, log(holder, seq)));
      const lines = (await place.store.logs(holder.row.id)).flatMap((row) => row.lines);
      expect(lines.map((line) => line.message)).toEqual(['line 0', 'line 1', 'line 2', 'line 11']);
    });

    test('B8 of a file replaces the artifact of that name, and no file of the payload', async () => {
      const place = await newPlace(openStore);
      const row = newRow();
      const given: FileRow = { ...artifact({ row, token: tokenOf(1) }, 'given', 'a.zip'), role: 'payload' };
      await place.store.do(insert([{ row, ownId: false, files: [given] }]));
      const claimed = await place.takeOne();
      const holder = { row: claimed.row, token: claimed.claim.token };
      expect(await place.store.do(recordArtifact(holder, artifact(holder, 'first', 'a.zip')))).toEqual([]);
      expect(await place.store.do(recordArtifact(holder, artifact(holder, 'other', 'b.zip')))).toEqual([]);
      expect(await place.store.do(recordArtifact(holder, artifact(holder, 'second', 'a.zip')))).toEqual(['first']);
      const { files } = await readTables(place.store);
      expect(files.map((file) => file.id).sort()).toEqual(['given', 'other', 'second']);
      expect(await place.store.file('first')).toBeUndefined();
    });

    test('B8 of files is paged, the newest first', async () => {
      const place = await newPlace(openStore);
      const holder = await held(place);
      for (const id of ['1', '2', '3']) await place.store.do(recordArtifact(holder, artifact(holder, id, `${id}.png`)));
      const { rows, total } = await place.store.artifacts(holder.row.id, 1, 5);
      expect([rows.map((row) => row.id), total]).toEqual([['2', '1'], 3]);
    });
  });
}

export function recordTokenContract(openStore: OpenStore): void {
  const records: [string, (holder: Holder) => Operation<unknown>][] = [
    ['step', (holder) => recordStep(holder, step(holder))],
    ['chunk', (holder) => recordChunk(holder, chunk(holder, 0, [1]), { percent: 5 })],
    ['log', (holder) => recordLog(holder, log(holder, 0))],
    ['artifact', (holder) => recordArtifact(holder, artifact(holder, 'late', 'a'))],
  ];

  describe('an attempt whose claim is lost', () => {
    test.each(records)('records nothing: %s', async (_, record) => {
      const place = await newPlace(openStore);
      const old = await held(place);
      await place.settle({ row: old.row, claim: claimOf(await place.store.task(old.row.id)) }, { kind: 'interrupted' });
      const { row, claim } = await place.takeOne();
      const seq = await place.seq();
      await expect(place.store.do(record(old))).rejects.toMatchObject({ code: 'claim-lost' });
      await expect(place.store.do(record({ row, token: tokenOf(99) }))).rejects.toMatchObject({ code: 'claim-lost' });
      expect(await place.seq()).toBe(seq);
      await place.store.do(cancel(row.id, 'enough'));
      await expect(place.store.do(record({ row, token: claim.token }))).rejects.toMatchObject({ code: 'claim-lost' });
      const { steps, chunks, logs, files } = await readTables(place.store);
      expect([steps, chunks, logs, files]).toEqual([[], [], [], []]);
    });

    test('B3 has no progress, and those beside it have', async () => {
      const place = await newPlace(openStore);
      const [mine, other] = [await held(place), await held(place)];
      const lost = await place.store.do(
        recordProgress([
          { taskId: mine.row.id, token: mine.token, progress: { percent: 40 } },
          { taskId: other.row.id, token: tokenOf(99), progress: { percent: 90 } },
        ]),
      );
      expect(lost).toEqual([other.row.id]);
      expect((await place.store.task(mine.row.id))?.claim?.progress).toEqual({ percent: 40 });
      expect((await place.store.task(other.row.id))?.claim).not.toHaveProperty('progress');
    });
  });

  describe('what is recorded', () => {
    test.each(records.slice(0, 2))('B13 wipes out the deaths before it: %s', async (_, record) => {
      const place = await newPlace(openStore);
      await place.insert({});
      await place.settle(await place.takeOne(), { kind: 'interrupted' });
      const { row, claim } = await place.takeOne();
      expect(row.deaths).toBe(1);
      const after = await place.store.do(record({ row, token: claim.token }));
      expect(after).not.toHaveProperty('deaths');
      expect(await place.row(row.id)).toEqual(after);
      await recount(place.store);
    });

    test('C1 that is only begun proves nothing yet', async () => {
      const place = await newPlace(openStore);
      await place.insert({});
      await place.settle(await place.takeOne(), { kind: 'interrupted' });
      const { row, claim } = await place.takeOne();
      const holder = { row, token: claim.token };
      const after = await place.store.do(recordStep(holder, step(holder, { status: 'running' })));
      expect(after.deaths).toBe(1);
    });
  });
}

function claimOf(state: Awaited<ReturnType<Place['store']['task']>>) {
  if (state?.claim === undefined) throw new Error('The task is not running.');
  return state.claim;
}
