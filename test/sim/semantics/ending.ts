// How a history is brought to its end: whatever holds anything back is lifted, decisions are made, and time goes on until
// nothing moves any more.

import type { Task } from '../../../src/task/index.ts';
import type { World } from '../world/world.ts';
import type { Facts, Payload } from './facts.ts';
import type { Seat } from './history.ts';
import { UNKNOWN_TYPE } from './types.ts';

export interface End {
  /** All tasks, as the façade shows them. */
  tasks: Task[];
  /** What whoever watches them was shown last. */
  watched: readonly Task[] | undefined;
  stats: { pending: number; running: number; completed: number; failed: number; cancelled: number };
}

const ROUND_MS = 5_000;
const MOST_ROUNDS = 40;
/** What nobody can wait for the end of is given some rounds, and then cancelled. */
const PATIENT_ROUNDS = 3;

export async function endAll({ world, seat, facts }: { world: World; seat: Seat; facts: Facts }): Promise<End> {
  const { actor, runner } = seat;
  const ask = (...draw: Parameters<typeof actor.ask>) => world.play(actor.ask(...draw));
  await ask('configure', { maxConcurrent: 2, retentionCount: null });
  await ask('setSignal', 'dock', true);
  for (const { ruleId } of await world.play(runner.pauses())) await ask('resume', { ruleId });
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await world.pass(ROUND_MS);
    const unfinished = (await listed()).filter(({ status }) => status === 'pending' || status === 'running');
    if (unfinished.length === 0) break;
    for (const task of unfinished) {
      if (isAsked(task)) await ask('decide', task.id, { decision: 'run-again' });
      else if (round >= PATIENT_ROUNDS && isEndless(task)) await ask('cancel', task.id);
    }
    if (round < PATIENT_ROUNDS) await ask('sendEvent', 'bell');
  }
  facts.note('world', { what: 'befell', fault: 'the end' });
  await world.pass(ROUND_MS);
  return { tasks: await listed(), stats: await world.play(runner.stats()), watched: seat.watched() };

  async function listed(): Promise<Task[]> {
    return (await world.play(runner.list({ limit: 1_000 }))).tasks;
  }
}

function isAsked(task: Task): boolean {
  return task.status === 'pending' && task.waitingFor.some((kind) => kind === 'decision');
}

/** Where nothing limits their time. */
const ENDLESS = new Set<string>(['hang', 'deaf']);

function isEndless({ schedule, type, payload }: Task): boolean {
  return (schedule !== null && 'on' in schedule) || type === UNKNOWN_TYPE || ENDLESS.has((payload as Payload).mode);
}
