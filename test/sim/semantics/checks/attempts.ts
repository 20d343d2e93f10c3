// Promises 3, 4 and 5, as handlers see them: one engine's at a time, none that must not run twice without a decision, none
// charged for what was interrupted, and none begun without a claim.

import { type Fact, type FactOf, IS_HELD_UP, tabOf } from '../facts.ts';
import { POLICIES } from '../types.ts';
import type { Known } from './index.ts';

/** Several quick attempts travel in one turn: one that has lost its claim meanwhile may begin before the turn is recalled. */
const TURN_MS = 2_000;
/** No claim is under way for so long: the clock was set. */
const JUMP_MS = 500;

export function oneEngine({ facts }: Known): string[] {
  const complaints: string[] = [];
  const open = new Map<string, string>();
  for (const fact of facts.all) {
    if (fact.what === 'died' || fact.what === 'left') open.delete(fact.where);
    if (fact.what !== 'began') continue;
    const tab = tabOf(fact.where);
    for (const [where, id] of open)
      if (tabOf(where) !== tab) complaints.push(`${fact.run.id} begins in ${tab} while ${id} runs in ${tabOf(where)}`);
    open.set(fact.where, fact.run.id);
  }
  return complaints;
}

export function neverTwice({ facts, calls, disk }: Known): string[] {
  const complaints: string[] = [];
  const last = new Map<string, Fact>();
  for (const fact of facts.all) {
    if (fact.what !== 'began' && fact.what !== 'left') continue;
    const { id, run, type } = fact.run;
    // Whoever ran out of time has failed, and was not interrupted.
    const timeoutMs = disk.tasks.get(id)?.timeoutMs ?? calls.accepted.get(id)?.options.timeoutMs;
    if (type !== 'sim.once' || timeoutMs !== undefined) continue;
    const before = last.get(`${id}/${run}`);
    last.set(`${id}/${run}`, fact);
    if (fact.what === 'left' || before === undefined) continue;
    if (before.what === 'left' && before.how !== 'returned') continue;
    const isDecided = calls.on(id, 'decide').some(({ asked }) => asked > before.order && asked < fact.order);
    if (!isDecided) complaints.push(`${id}, which must not run twice, begins again undecided (fact ${fact.order})`);
  }
  return complaints;
}

/** What was charged is no more than what failed. */
export function interruptedIsFree({ facts, tasks, disk, calls }: Known): string[] {
  const hadNoRoom = facts
    .of('befell')
    .some(({ fault }) => fault.includes('disk is full') || fault.includes('next write'));
  if (hadNoRoom) return [];
  return tasks.flatMap(({ id, status }) => {
    const { failures = 0, run, error, timeoutMs } = disk.tasks.get(id) ?? {};
    const mine = facts.all.filter((fact) => 'run' in fact && isOf(fact, id, run?.index ?? 0));
    const threw = mine.filter((fact) => fact.what === 'left' && fact.how === 'threw').length;
    const cut = timeoutMs === undefined ? 0 : mine.filter((fact) => fact.what === 'began').length;
    // Whoever is claimed and never heard of again died as far as anybody can know, even if it had not begun.
    const claims = facts.of('claimed').filter((claim) => claim.id === id && claim.run === (run?.index ?? 0));
    const died = claims.length - mine.filter((fact) => fact.what === 'left').length;
    const verdict = error?.code === 'worker-crashed' && status === 'failed';
    return [
      ...(failures > threw + cut && !calls.mayHaveBeen(id, Infinity, 'bulk')
        ? [`${id} was charged ${failures} attempts, and ${threw + cut} failed`]
        : []),
      ...(verdict && died < 3 ? [`${id} is said to kill its worker, which died ${died} times under it`] : []),
    ];
  });
}

function isOf(fact: Fact, id: string, run: number): boolean {
  if (fact.what !== 'left' && fact.what !== 'began' && fact.what !== 'died') return false;
  return fact.run?.id === id && fact.run.run === run;
}

/** Whoever begins has a claim, or had it a moment ago. */
export function underClaim({ facts }: Known): string[] {
  const held = new Map<string, FactOf<'claimed'> | FactOf<'let go'>>();
  const complaints: string[] = [];
  for (const fact of facts.all) {
    if (fact.what === 'claimed' || fact.what === 'let go') held.set(fact.id, fact);
    if (fact.what !== 'began') continue;
    const last = held.get(fact.run.id);
    // To whom everything comes late the command comes late, too; its token is void by then.
    const isHeldUp = facts
      .of('befell')
      .some(({ fault }) => fault.startsWith(tabOf(fact.where)) && fault.includes(IS_HELD_UP));
    const isLate = last?.what === 'let go' && fact.at - last.at > TURN_MS && !isHeldUp;
    if (last === undefined || isLate) complaints.push(`${fact.run.id} begins without a claim (fact ${fact.order})`);
  }
  return complaints;
}

/** No more handlers at once than there may be slots; and of types that start rarely, no more within any span. */
export function withinLimits({ facts, calls }: Known): string[] {
  const complaints: string[] = [];
  const open = new Set<string>();
  for (const fact of facts.all) {
    if (fact.what === 'died' || fact.what === 'left') open.delete(fact.where);
    if (fact.what !== 'began') continue;
    open.add(fact.where);
    const urgent = calls.all.filter(({ name, asked }) => name === 'processNext' && asked < fact.order).length;
    const most = facts.mostSlots(fact) + urgent;
    if (open.size > most) complaints.push(`${open.size} run at once where ${most} may (fact ${fact.order})`);
  }
  return [...complaints, ...tooOften(facts)];
}

function tooOften(facts: Known['facts']): string[] {
  const complaints: string[] = [];
  for (const [type, { rateLimit }] of Object.entries(POLICIES)) {
    if (rateLimit === undefined) continue;
    const starts = facts.of('claimed').filter(({ id }) => facts.typeOf(id) === type);
    starts.forEach((start, i) => {
      const earlier = starts[i - rateLimit.limit];
      if (earlier === undefined || start.claimedAt - earlier.claimedAt >= rateLimit.perMs) return;
      // Where the clock was set meanwhile, its span is another.
      if (Math.abs(clockOf(start) - clockOf(earlier)) > JUMP_MS) return;
      complaints.push(
        `${type} starts ${rateLimit.limit + 1} times within ${start.claimedAt - earlier.claimedAt} ms (fact ${start.order})`,
      );
    });
  }
  return complaints;
}

/** What the clock of a claim was ahead of time: it is read a moment before the claim is on the disk. */
function clockOf({ claimedAt, at }: FactOf<'claimed'>): number {
  return claimedAt - at;
}
