// What the tests of the flow do with an open store: they run the tasks they name, and say shortly how tasks stand.

import { claim, type Claimed, Positions, type StepRow, waitForEvent } from '../../src/store/index.ts';
import type { Park, TaskId, TaskState } from '../../src/task/index.ts';
import { type Ending, ONE, type Place } from './place.ts';

export const idOf = (id: string) => id as TaskId;

/** Claims the task of that id, wherever it stands in line. `undefined`: it cannot be claimed now. */
export async function claimThis(place: Place, id: string): Promise<Claimed | undefined> {
  const { head } = await place.store.standing();
  if (head.leader !== ONE) await place.lead();
  const take = (row: { id: string }) => (row.id === id ? 'take' : 'leave');
  const lanes = [...head.lanes.keys()];
  const request = { engineId: ONE, lanes, most: 10_000, take, alone: false } as const;
  const { claimed } = await place.store.do(claim(request, new Positions()));
  return claimed[0];
}

export async function takeThis(place: Place, id: string): Promise<Claimed> {
  const claimed = await claimThis(place, id);
  if (claimed === undefined) throw new Error(`${id} cannot be claimed: ${(await said(place, id)).join()}`);
  return claimed;
}

/** Runs one attempt of the task of that id. */
export async function endThis(place: Place, id: string, ending: Ending = { kind: 'succeeded' }): Promise<void> {
  await place.settle(await takeThis(place, id), ending);
}

export const FOR_GOOD: Ending = { kind: 'failed', error: { retryable: false } };

/** How tasks stand: `ready`, `running`, what they wait for, or how they ended; `gone` where there is none. */
export async function said(place: Place, ...ids: string[]): Promise<string[]> {
  return Promise.all(ids.map(async (id) => word(await place.store.task(id))));
}

function word(state: TaskState | undefined): string {
  if (state === undefined) return 'gone';
  if (state.claim !== undefined) return 'running';
  return state.row.waiting ?? (state.row.lane === undefined ? state.row.status : 'ready');
}

/** The settlement of an attempt whose handler stops to wait, with the step that says so. */
export function parking({ row, claim: { token } }: Claimed, park: Park) {
  if (park.kind === 'sign-in') return waitForEvent({ row, event: { kind: 'parked', token, park } });
  const step: StepRow = {
    taskId: row.id,
    stepSet: row.run.stepSet,
    name: park.step,
    kind: park.kind === 'event' ? 'event' : 'sleep',
    seq: 0,
    status: 'running',
    startedAt: 0,
    tries: [],
  };
  return waitForEvent({ row, event: { kind: 'parked', token, park }, steps: [step] });
}

export const forEvent = (event: string, until = Infinity): Park => ({ kind: 'event', step: event, event, until });
