// What may befall a story, and at which of its operations on storage.

import type { Lands } from '../world/realm.ts';
import type { Fate, Op } from '../world/storage/meter.ts';
import type { HistorySetup } from './history.ts';

/** An operation, and what is special about it this time. */
export interface Point {
  k: number;
  what: string;
  lands: Lands;
  fails: string;
}

export interface Mode {
  title: string;
  points(ops: readonly Op[]): Point[];
  setup(point: Point): Omit<HistorySetup, 'scripts'>;
}

/** Attempts that fail where storage does, beside the one that is meant to. */
const FAILURES = 3;
const WRITES_REFUSED = 7;
/** An operation in the middle of the story, and how many it takes to restore a database by then. */
const MIDDLE = 180;
const RESTORING = 80;

export const MODES: readonly Mode[] = [
  {
    title: 'promise 1, 2 and 4 hold where the tab crashes',
    points: crashes,
    setup: (point) => ({ mostFailures: 1, decide: once(point, { crash: point.lands }) }),
  },
  {
    title: 'promise 1, 2 and 4 hold where the tab crashes and the browser deletes the database',
    points: crashes,
    setup: (point) => ({ mostFailures: 1, loss: 'database', decide: once(point, { crash: point.lands }) }),
  },
  {
    title: 'promise 1 holds where the power goes',
    points: crashes,
    setup: (point) => ({ mostFailures: 1, loss: 'power', decide: once(point, { crash: point.lands }) }),
  },
  {
    title: 'promise 3 and 4 hold where the tab crashes beside another',
    points: crashes,
    setup: (point) => ({ mostFailures: 1, neighbour: true, decide: once(point, { crash: point.lands }) }),
  },
  {
    title: 'promise 1 holds where whoever restores the database crashes, too',
    points: (ops) => ops.filter(({ changes }) => changes).map((op) => pointOf(op)),
    setup: (point) => ({ mostFailures: 1, loss: 'database', decide: twice(point) }),
  },
  {
    title: 'promise 1 holds where an operation fails while the database is restored',
    points: (ops) => ops.slice(0, RESTORING).map((op) => pointOf(op)),
    setup: (point) => ({ mostFailures: FAILURES, loss: 'database', decide: failsInRestore(point) }),
  },
  {
    title: 'promise 1 and 2 hold where the browser loses the database under a living tab',
    points: (ops) => ops.filter(({ k }) => k > RESTORING).map((op) => pointOf(op)),
    setup: (point) => ({ mostFailures: FAILURES, decide: once(point, 'lost') }),
  },
  {
    title: 'promise 1 and 2 hold where an operation fails',
    points: (ops) => ops.flatMap((op) => errorsOf(op).map((fails) => pointOf(op, { fails }))),
    setup: (point) => ({ mostFailures: FAILURES, decide: once(point, { fail: point.fails }) }),
  },
  {
    title: 'promise 1 and 2 hold where a commit comes to be, and is said to have failed',
    points: (ops) =>
      ops
        .filter(({ what }) => what === 'commit')
        .flatMap((op) => ['UnknownError', 'AbortError'].map((fails) => pointOf(op, { fails }))),
    setup: (point) => ({ mostFailures: FAILURES, decide: once(point, { unheard: point.fails }) }),
  },
  {
    title: 'promise 1 and 2 hold where the disk is full for a while',
    points: (ops) => ops.filter(({ changes }) => changes).map((op) => pointOf(op)),
    setup: (point) => ({ mostFailures: FAILURES + 1, decide: fullFrom(point) }),
  },
  {
    title: 'promise 1 to 4 hold in whatever order things happen',
    points: crashes,
    setup: (point) => ({
      mostFailures: 1,
      shuffled: true,
      seed: point.k,
      ...(point.k % 2 === 0 ? { neighbour: true } : { loss: 'database' as const }),
      decide: once(point, { crash: point.lands }),
    }),
  },
];

/** What may befall the tails of the log's files beside. */
export const TAIL_MODES: readonly Mode[] = [
  {
    title: 'promise 1, 2 and 4 hold where the tab crashes and the browser deletes the tails',
    points: crashes,
    setup: (point) => ({ mostFailures: 1, loss: 'tails', decide: once(point, { crash: point.lands }) }),
  },
  {
    title: 'promise 1 and 2 hold where the browser loses the tails under a living tab',
    points: (ops) => ops.map((op) => pointOf(op)),
    setup: (point) => ({ mostFailures: FAILURES, decide: once(point, 'tails-lost') }),
  },
];

/** Before each change, in the middle of each write, and after each change. */
function crashes(ops: readonly Op[]): Point[] {
  return ops.flatMap((op) => {
    if (!op.changes) return [];
    const lands: Lands[] = op.what.startsWith('write') ? ['nothing', 'half', 'all'] : ['nothing', 'all'];
    return lands.map((each) => pointOf(op, { lands: each }));
  });
}

function pointOf({ k, what }: Op, { lands = 'nothing', fails = '' }: Partial<Point> = {}): Point {
  return { k, what: [what, fails || lands].join(' → '), lands, fails };
}

/** What browsers say: of a full disk, of a connection that is gone, of a transaction that came to nothing. */
function errorsOf({ area, changes }: Op): string[] {
  if (area === 'files') return ['QuotaExceededError', 'InvalidStateError'];
  return changes ? ['QuotaExceededError', 'UnknownError'] : ['UnknownError', 'AbortError'];
}

function once<F extends Fate | 'lost' | 'tails-lost'>({ k }: Point, fate: F): (op: Op) => F | 'done' {
  return (op) => (op.tab === 'tab1' && op.k === k ? fate : 'done');
}

/** The first tab crashes in the middle of the story; in the second, some operation fails. */
function failsInRestore({ k }: Point): (op: Op) => Fate {
  return ({ tab, k: now, area }) => {
    if (tab === 'tab1' && now === MIDDLE) return { crash: 'nothing' };
    return tab === 'tab2' && now === k ? { fail: area === 'files' ? 'InvalidStateError' : 'UnknownError' } : 'done';
  };
}

/** The first tab crashes in the middle of the story, the second at some operation of its own. */
function twice({ k }: Point): (op: Op) => Fate {
  return ({ tab, k: now }) =>
    (tab === 'tab1' && now === MIDDLE) || (tab === 'tab2' && now === k) ? { crash: 'nothing' } : 'done';
}

/** From some operation on, a few writes are refused; what frees room is not. */
function fullFrom({ k }: Point): (op: Op) => Fate {
  let left = WRITES_REFUSED;
  return ({ tab, k: now, changes, what }) => {
    if (tab !== 'tab1' || now < k || !changes || /^(remove|delete|truncate|clear)/.test(what) || left === 0)
      return 'done';
    left -= 1;
    return { fail: 'QuotaExceededError' };
  };
}
