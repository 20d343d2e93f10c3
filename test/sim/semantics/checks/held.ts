// Nobody runs that is paused, cancelled, deleted, before its time, past its deadline, blocked by another or unmet in what it
// asks of the device: each claim is held against what was told before it.

import type { FactOf } from '../facts.ts';
import type { Accepted } from './calls.ts';
import type { Known } from './index.ts';

type Claimed = FactOf<'claimed'>;
type Rule = { taskId?: string; type?: string; stepPattern?: string; expiresAt?: number };
type Reason = (known: Known, claim: Claimed, task: Accepted | undefined) => string | undefined;

/** The clock is read a little before the claim comes to the disk. */
const SLACK_MS = 10;
const NEW_RUNS = ['retry', 'retryStep', 'restart', 'rerun', 'bulk'];
const LIFTS = new Set(['resume', 'erase']);
const FINAL = new Set(['completed', 'failed', 'cancelled', 'gone']);

export function heldBack(known: Known): string[] {
  return known.facts.of('claimed').flatMap((claim) => {
    const accepted = known.calls.accepted.get(claim.id);
    // Another task of that id may have been there before: a child that was made by itself.
    const task = (accepted?.call.asked ?? Infinity) < claim.order ? accepted : undefined;
    return REASONS.flatMap((reason) => {
      const why = reason(known, claim, task);
      return why === undefined ? [] : [`${claim.id} is claimed though ${why} (fact ${claim.order})`];
    });
  });
}

const paused: Reason = ({ calls, facts }, claim, task) => {
  const resumes = calls.all.filter(({ name, asked }) => LIFTS.has(name) && asked < claim.order);
  const rule = calls.all.find((call) => {
    if (call.name !== 'pause' || call.told > claim.order) return false;
    if (resumes.some(({ told }) => told > call.asked)) return false;
    const { taskId, type, stepPattern, expiresAt = Infinity } = call.args[0] as Rule;
    if (stepPattern !== undefined || (taskId ?? claim.id) !== claim.id || (type ?? task?.type) !== task?.type)
      return false;
    // A rule for one task alone goes with it.
    if (taskId !== undefined && calls.madeAgain(taskId, call.asked, claim.order)) return false;
    return facts.latestWall(call.asked, claim.order) < expiresAt;
  });
  return rule === undefined ? undefined : `a rule pauses it since fact ${rule.told}`;
};

/** Cancelled or deleted, and nobody had it back. */
const ended: Reason = ({ calls }, claim, task) => {
  // A handler that is entered again makes the child again that somebody has removed; occurrences make follow-ups of their own.
  if (task === undefined) return undefined;
  const revivers = calls.on(claim.id, ...NEW_RUNS, 'undo').filter(({ asked }) => asked < claim.order);
  const again = calls.all.filter(({ name, args }) => name === 'enqueue' && (args[2] as { id: string }).id === claim.id);
  again.push(task.call);
  const end = calls.on(claim.id, 'cancel', 'remove', 'erase').find((call) => {
    const isRevived = [...revivers, ...again].some(({ told, asked }) => told > call.asked && asked < claim.order);
    return call.told < claim.order && !isRevived;
  });
  return end === undefined ? undefined : `a ${end.name} was told at fact ${end.told}`;
};

const early: Reason = ({ calls, facts }, claim, task) => {
  const schedule = task?.options.schedule;
  if (task === undefined || schedule === undefined || !('at' in schedule)) return undefined;
  if (calls.mayHaveBeen(claim.id, claim.order, ...NEW_RUNS, 'update', 'runNow')) return undefined;
  const latest = facts.latestWall(task.call.asked, claim.order);
  return latest < Number(schedule.at) ? `its time is ${Number(schedule.at) - latest} ms away` : undefined;
};

const late: Reason = ({ calls }, claim, task) => {
  const deadline = Number(task?.options.deadline ?? Infinity);
  if (calls.mayHaveBeen(claim.id, claim.order, ...NEW_RUNS, 'update')) return undefined;
  // The clock may be set while the claim is on its way to the disk.
  const passed = claim.claimedAt - deadline;
  return passed >= SLACK_MS ? `its deadline passed ${passed} ms before` : undefined;
};

const blocked: Reason = ({ calls, facts }, claim, task) => {
  const { dependsOn } = task?.options ?? {};
  if (task === undefined || dependsOn === undefined) return undefined;
  // Whoever has it run again by hand has it run at once.
  if (calls.mayHaveBeen(claim.id, claim.order, ...NEW_RUNS)) return undefined;
  const others = ('tasks' in dependsOn ? dependsOn.tasks : dependsOn) as readonly string[];
  const goesOn = 'onFailure' in dependsOn && dependsOn.onFailure === 'continue';
  const isNew = calls.mayHaveBeen(claim.id, claim.order, 'undo');
  for (const other of others) {
    const moves = facts.of('moved').filter(({ id, order }) => id === other && order < claim.order);
    const over = moves.filter(({ to, run }) => FINAL.has(to) || run > 0);
    if (over.length === 0) return `it waits for ${other}`;
    const isWell = over.some(({ to, run }) => to === 'completed' || run > 0);
    if (!goesOn && !isNew && !isWell) return `${other}, which it waited for, came to nothing`;
  }
  return undefined;
};

const unmet: Reason = ({ calls, facts }, claim, task) => {
  const { network, custom, whenUnknown } = task?.options.constraints ?? {};
  if (calls.mayHaveBeen(claim.id, claim.order, 'update')) return undefined;
  if (network === 'online' && facts.offlineSince(claim.order) < claim.at) return 'there is no network';
  const isTold = calls.all.some(
    ({ name, args, asked }) => name === 'setSignal' && args[1] === true && asked < claim.order,
  );
  return custom !== undefined && whenUnknown === 'wait' && !isTold
    ? 'nobody has said that it is in its dock'
    : undefined;
};

const REASONS: readonly Reason[] = [paused, ended, early, late, blocked, unmet];

/** Steps that a rule names are not worked on in an attempt that began after the rule was told. */
export function stepsHeldBack({ calls, facts }: Known): string[] {
  const rules = calls.all.filter(({ name, args }) => name === 'pause' && (args[0] as Rule).stepPattern !== undefined);
  const begun = new Map<string, number>();
  return facts.all.flatMap((fact) => {
    if (fact.what === 'began') begun.set(fact.run.id, fact.order);
    if (fact.what !== 'worked' || !fact.step.startsWith('o')) return [];
    const since = begun.get(fact.run.id) ?? 0;
    const resumes = calls.all.filter(({ name, asked }) => LIFTS.has(name) && asked < fact.order);
    const isHeld = rules.some(
      (rule) =>
        rule.told < since &&
        !resumes.some(({ told }) => told > rule.asked) &&
        facts.latestWall(rule.asked, fact.order) < ((rule.args[0] as Rule).expiresAt ?? Infinity),
    );
    return isHeld ? [`${fact.step} of ${fact.run.id} is worked on though it is paused (fact ${fact.order})`] : [];
  });
}
