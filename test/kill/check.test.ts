// The checker of the kill matrix is shown to be able to fail: each kind of loss is made up, and must be found.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { check } from './check.ts';
import { Ledger } from './ledger.ts';
import type { Answer, NewTask, Op, Snapshot, Start, TaskCells } from './protocol.ts';
import { checkIntegrity, checkRecords, settle } from './records.ts';

const folder = mkdtempSync(join(tmpdir(), 'errand-ledger-'));
let made = 0;

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const TASK: NewTask = { name: 'a', ownId: true, type: 'kill.steps', size: 1, priority: 0 };
const ACCEPTED: Answer = { ok: true, ids: ['a'], created: [true] };
const ROW: TaskCells = {
  id: 'a',
  name: 'a',
  type: 'kill.steps',
  creator: 'local',
  version: 1,
  status: 'pending',
  run: 0,
};
const DONE: TaskCells = { ...ROW, version: 2, status: 'completed', result: { parts: { step0: 'n1' } } };
const START: Start = { task: 'a', run: 0, attempt: 1, part: 'step0', nonce: 'n1', realm: 'r' };
const STEP = { taskId: 'a', name: 'step0', kind: 'step', status: 'completed', result: 'n1' };

/** A ledger that a task was enqueued by, and what else happened. */
class Place {
  readonly ledger = new Ledger(join(folder, `${++made}.jsonl`));

  op(op: Op, answer?: Answer): this {
    this.ledger.note({ kind: 'plan', ops: [op] });
    this.ledger.note({ kind: 'report', report: ['begin', op.key] });
    if (answer !== undefined) this.ledger.note({ kind: 'report', report: ['done', op.key, answer] });
    return this;
  }

  enqueue(answer?: Answer): this {
    return this.op({ key: 'enqueue', kind: 'enqueue', tasks: [TASK] }, answer);
  }

  on(kind: 'cancel' | 'retry' | 'remove', answer?: Answer): this {
    return this.op({ key: kind, kind, id: 'a' }, answer);
  }

  begin(start: Partial<Start> = {}, at = 0): this {
    this.ledger.note({ kind: 'start', start: { ...START, ...start }, at });
    return this;
  }

  recorded(nonce = 'n1'): this {
    this.ledger.note({ kind: 'recorded', recorded: { task: 'a', parts: { step0: nonce } } });
    return this;
  }

  saw(snapshot: Snapshot, browserEnded = true): this {
    settle(this.ledger, snapshot, browserEnded);
    return this;
  }

  finds(snapshot: Snapshot): string[] {
    const found = [...check(this.ledger, snapshot), ...checkRecords(this.ledger, snapshot, this.ledger.seq)];
    return found.map(({ kind, what }) => `${kind}: ${what}`);
  }
}

function snapshotOf(tasks: TaskCells[], rest: Partial<Snapshot> = {}): Snapshot {
  const empty = { commitSeq: 1, generation: 'g', steps: [], chunks: [], owners: {}, counts: [], lanes: [] };
  return { ...empty, trashed: [], timed: 0, claimed: [], tasks, ...rest };
}

const accepted = () => new Place().enqueue(ACCEPTED);
const OK: Answer = { ok: true };
const EMPTY = snapshotOf([]);

describe('nothing is found where', () => {
  it.each([
    ['what was accepted is there', accepted(), snapshotOf([ROW])],
    ['an enqueue that nobody answered was not done', new Place().enqueue(), EMPTY],
    ['an enqueue that nobody answered was done', new Place().enqueue(), snapshotOf([ROW])],
    ['a removal that nobody answered was done', accepted().on('remove'), EMPTY],
    [
      'a cancellation holds',
      accepted().on('cancel', cancelled(2)),
      snapshotOf([{ ...ROW, version: 2, status: 'cancelled' }]),
    ],
    ['a step is as it was recorded', accepted().begin().recorded(), snapshotOf([DONE], { steps: [STEP] })],
    ['a late operation surfaces while the browser lives', new Place().enqueue().saw(EMPTY, false), snapshotOf([ROW])],
  ])('%s', (_, place, snapshot) => {
    expect(place.finds(snapshot)).toEqual([]);
  });
});

describe('it is found where', () => {
  const completed = snapshotOf([DONE], { steps: [STEP] });
  it.each([
    ['lost: an accepted task is gone', accepted(), EMPTY],
    ['lost: a task that was seen is gone', new Place().enqueue().saw(snapshotOf([ROW])), EMPTY],
    ['lost: a removed task is back', accepted().on('remove', OK).saw(EMPTY), snapshotOf([ROW])],
    ['lost: a task is there whose removal was acknowledged', accepted().on('remove', OK), snapshotOf([ROW])],
    ['lost: a cancellation is undone', accepted().on('cancel', cancelled(1)), snapshotOf([ROW])],
    [
      'lost: a task went back from version 2 to 1',
      accepted().begin().saw(completed),
      snapshotOf([ROW], { steps: [STEP] }),
    ],
    ['lost: a/step0, which was recorded, is gone', accepted().begin().recorded(), snapshotOf([ROW])],
    [
      'lost: b is back from the dead, or nobody enqueued it',
      accepted(),
      snapshotOf([ROW, { ...ROW, id: 'b', name: 'b' }]),
    ],
    ['twice: a recorded part began again', accepted().begin().recorded().begin({ nonce: 'n2' }), completed],
    ['twice: two results of a part were recorded', accepted().begin().recorded().recorded('n2'), completed],
    [
      'twice: step0 was recorded with another result',
      accepted().begin().begin({ nonce: 'n2' }).recorded(),
      snapshotOf([ROW], { steps: [{ ...STEP, result: 'n2' }] }),
    ],
    [
      'twice: a completed task was changed',
      accepted().begin().saw(completed),
      snapshotOf([{ ...DONE, version: 3, status: 'failed' }], { steps: [STEP] }),
    ],
    ['other: nobody began step0 so', accepted(), snapshotOf([ROW], { steps: [STEP] })],
  ])('%s', (what, place, snapshot) => {
    expect(place.finds(snapshot)).toContain(what);
  });

  it('the engine does not know a task that was accepted before it was asked', () => {
    const missing: Answer = { ok: false, code: 'not-found', message: '' };
    const place = accepted().on('retry', missing);
    expect(place.finds(snapshotOf([ROW]))).toContain('lost: the engine did not know an accepted task');
    const asked = { key: 'retry', kind: 'retry', id: 'a' } as const;
    const early = new Place().op(asked).enqueue(ACCEPTED);
    early.ledger.note({ kind: 'report', report: ['done', 'retry', missing] });
    expect(early.finds(snapshotOf([ROW]))).toEqual([]);
  });

  it('a task of effects "once" ran twice', () => {
    const place = accepted().begin({ part: 'once' }).begin({ part: 'once', nonce: 'n2', attempt: 2 });
    expect(place.finds(snapshotOf([ROW]))).toContain('twice: a task of effects "once" ran twice');
  });

  it('some of many are there', () => {
    const tasks = ['x', 'y'].map((name) => ({ ...TASK, name }));
    const place = new Place().op({ key: 'many', kind: 'enqueue-many', tasks });
    expect(place.finds(snapshotOf([{ ...ROW, id: 'x', name: 'x' }]))).toEqual([
      'lost: of 2 tasks of one call 1 are there',
    ]);
  });

  it('what is counted does not fit what is there', () => {
    const found = checkIntegrity(
      snapshotOf([{ ...ROW, lane: 'kill.steps' }], { owners: { steps: ['z'] }, claimed: ['q'] }),
    );
    expect(found.map(({ what }) => what)).toEqual([
      'steps has rows of a task that is not there',
      'a claim is on a task that is not ready',
      'counts are kept wrong',
      'lanes are kept wrong',
    ]);
  });
});

describe('the ledger', () => {
  it('counts a second start as extra, unless something was killed in between', () => {
    const { ledger } = accepted().begin().begin({ nonce: 'n2' }, 5_000);
    expect(ledger.extraStarts).toHaveLength(1);
    ledger.note({ kind: 'broken', from: 6_000, to: 7_000 });
    ledger.note({ kind: 'start', start: { ...START, nonce: 'n3' }, at: 9_000 });
    expect(ledger.extraStarts).toHaveLength(1);
  });

  it('goes on with what an earlier run wrote down', () => {
    const file = join(folder, 'again.jsonl');
    const first = new Ledger(file);
    first.note({ kind: 'plan', ops: [{ key: 'enqueue', kind: 'enqueue', tasks: [TASK] }] });
    first.note({ kind: 'report', report: ['done', 'enqueue', ACCEPTED] });
    expect(check(new Ledger(file), EMPTY).map(({ what }) => what)).toEqual(['an accepted task is gone']);
  });
});

function cancelled(version: number): Answer {
  return { ok: true, shown: { version, status: 'cancelled' } };
}
