// An open store of a database of its own, and what the tests of the store do with it.

import {
  claim,
  type Claimed,
  insert,
  type Inserted,
  Positions,
  settle,
  type Store,
  takeLead,
} from '../../src/store/index.ts';
import {
  type ClaimToken,
  type Clock,
  type EngineId,
  type EnqueueRequest,
  type InterruptCause,
  retryPolicy,
  type TaskError,
  type TaskRow,
  type TaskState,
} from '../../src/task/index.ts';
import { type FakeClock, fakeClock, NOON } from './fake-clock.ts';
import { engine, newRow } from './rows.ts';

export type OpenStore = (database: string, clock: Clock) => Promise<Store>;

/** What a settlement says beside its token. */
export type Ending =
  | { kind: 'succeeded'; result?: unknown }
  | { kind: 'failed'; error?: Partial<TaskError> }
  | { kind: 'snoozed'; delayMs: number }
  | { kind: 'interrupted' };

const ERROR: TaskError = { code: 'oops', message: 'no', retryable: true };
const open = new Set<Store>();
const made = new Set<string>();

export const ONE = engine('one');
export const TWO = engine('two');

export class Place {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly positions = new Positions();

  constructor(store: Store, clock: FakeClock) {
    this.store = store;
    this.clock = clock;
  }

  /** An insert as an operation, with the rows as they are asked for. */
  arrivals(...requests: Partial<EnqueueRequest>[]) {
    return insert(
      requests.map((request) => ({ row: newRow(request, this.clock.now()), ownId: request.id !== undefined })),
    );
  }

  insert(...requests: Partial<EnqueueRequest>[]): Promise<Inserted[]> {
    return this.store.do(this.arrivals(...requests));
  }

  async insertOne(request: Partial<EnqueueRequest> = {}): Promise<TaskRow> {
    const [inserted] = await this.insert(request);
    if (inserted === undefined) throw new Error('Nothing was inserted.');
    return inserted.row;
  }

  /** Claims as an engine does that leads: at most so many, remembering how far it has come in each lane. */
  async take(most = 100, rest: { lanes?: string[]; alone?: boolean; once?: boolean } = {}): Promise<Claimed[]> {
    const { head } = await this.store.standing();
    if (head.leader !== ONE) await this.lead();
    const lanes = rest.lanes ?? [...head.lanes.keys()];
    const { claimed } = await this.store.do(this.claiming(most, lanes, rest.alone, rest.once));
    for (const { row } of claimed) this.positions.advance(row);
    return claimed;
  }

  claiming(most: number, lanes: string[], alone = false, once = false) {
    let taken = 0;
    const take = () => (taken++ < most ? 'take' : 'stop');
    return claim({ engineId: ONE, lanes, most, take, alone, once: () => once }, this.positions);
  }

  async takeOne(rest?: { lanes?: string[]; alone?: boolean }): Promise<Claimed> {
    const [claimed] = await this.take(1, rest);
    if (claimed === undefined) throw new Error('Nothing was there to claim.');
    return claimed;
  }

  /** Makes engine "one" the leader. Every other lives. */
  lead(): Promise<number> {
    return this.store.do(leading(ONE));
  }

  async settle(claimed: Claimed, ending: Ending, token?: ClaimToken): Promise<TaskState | undefined> {
    const settled = await this.store.do(settling(claimed, ending, token));
    if (settled !== undefined) this.positions.leave(claimed.row.lane ?? '');
    return settled;
  }

  async seq(): Promise<number> {
    return (await this.store.standing()).head.commitSeq;
  }

  async row(id: string): Promise<TaskRow | undefined> {
    return (await this.store.task(id))?.row;
  }
}

/** Taking the lead as an operation: whose claims are interrupted, and how. Every other engine lives. */
export function leading(engineId: EngineId, fates: Record<string, InterruptCause> = {}) {
  return takeLead(engineId, (other) => fates[other] ?? 'lives');
}

/** A settlement of a claimed task as an operation. */
export function settling({ row, claim: { token } }: Claimed, ending: Ending, old?: ClaimToken) {
  return settle({ row, event: eventOf(row, ending, old ?? token) });
}

function eventOf(row: TaskRow, ending: Ending, token: ClaimToken) {
  switch (ending.kind) {
    case 'succeeded':
      return { ...ending, token, result: ending.result, resultApart: false };
    case 'failed':
      return {
        kind: ending.kind,
        token,
        error: { ...ERROR, ...ending.error },
        policy: retryPolicy(row.retry),
        random: 0,
      };
    case 'snoozed':
      return { ...ending, token };
    case 'interrupted':
      return { ...ending, token, cause: 'death' as const };
  }
}

/** Opens a store on a database of its own, or on a given one. */
export async function newPlace(openStore: OpenStore, database = `test-${crypto.randomUUID()}`): Promise<Place> {
  made.add(database);
  const clock = fakeClock(NOON, made.size);
  const store = await openStore(database, clock);
  open.add(store);
  return new Place(store, clock);
}

/** Closes every store that was opened, and deletes their databases. */
export async function clearPlaces(): Promise<void> {
  for (const store of open) await store.close();
  await Promise.all([...made].map((database) => deleteDatabase(`errand:${database}`)));
  open.clear();
  made.clear();
}

export function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => {
      resolve();
    };
    request.onerror = () => {
      reject(new Error(`${name} could not be deleted`));
    };
  });
}
