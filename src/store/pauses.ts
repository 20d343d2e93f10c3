// Pause rules: made, lifted, expired. One that names a type, or nothing, closes lanes and touches no task; one that names
// a task is kept with that task.

import { ErrandError, isInForce, matchesSame, pauseLink, type PauseMatch, type TaskId } from '../task/index.ts';
import type { Operation } from './commit.ts';
import type { Load } from './load.ts';
import { isGeneral } from './counts.ts';
import { LINKS, type PauseRow } from './schema.ts';
import type { Work } from './work.ts';

/** So many rules may be in force that name no single task, or steps. */
const MOST_RULES = 1_000;
/** So many lifted rules are kept, the newest. */
const MOST_LIFTED = 1_000;

/** Makes a rule. Throws `not-found` where it names a task that is not there. */
export function pause(rule: PauseRow): Operation<PauseRow> {
  const { taskId } = rule;
  return {
    durable: true,
    ...(taskId !== undefined && { load: (load: Load) => load.tasks([taskId]) }),
    apply: (work) => {
      if (taskId !== undefined && work.task(taskId) === undefined) throw new ErrandError('not-found');
      if (isGeneral(rule)) addGeneral(work, rule);
      else if (taskId !== undefined) {
        const { ruleId, expiresAt = Infinity } = rule;
        if (work.move(taskId, { kind: 'paused', pause: { ruleId, expiresAt } }) === undefined)
          throw new ErrandError('already-finished');
      }
      work.put('pauses', rule);
      return rule;
    },
  };
}

function addGeneral(work: Work, rule: PauseRow): void {
  if (work.head.rules.length >= MOST_RULES)
    throw new ErrandError('invalid-request', `There are already ${MOST_RULES} pause rules. Lift some first.`);
  work.setRules([...work.head.rules, rule]);
}

/** Lifts one rule, or all that match the same. Says which. */
export function lift(which: { ruleId: string } | PauseMatch, now: number): Operation<PauseRow[]> {
  const isWanted = (rule: PauseRow) =>
    isInForce(rule, now) &&
    ('ruleId' in which ? rule.ruleId === which.ruleId : rule.imported === undefined && matchesSame(rule, which));
  let old: PauseRow[] = [];
  let held = new Map<string, TaskId[]>();
  return {
    durable: true,
    load: async (load) => {
      const rules = await load.index('pauses', null, IDBKeyRange.lowerBound(''));
      const wanted = rules.filter(isWanted);
      const ids = wanted.map((rule) => rule.ruleId);
      old = oldestLifted(rules.filter((rule) => rule.deletedAt !== undefined));
      [held] = await Promise.all([loadHeld(load, wanted), load.rows('pauses', ids)]);
    },
    apply: (work) => {
      const lifted = [...work.known('pauses')].filter(isWanted);
      const ruleIds = lifted.map((rule) => rule.ruleId);
      for (const rule of lifted) work.put('pauses', { ...rule, deletedAt: work.now });
      for (const { ruleId } of old) work.delete('pauses', ruleId);
      if (lifted.some(isGeneral)) work.setRules(work.head.rules.filter((rule) => !ruleIds.includes(rule.ruleId)));
      for (const { ruleId, taskId } of lifted) {
        const named = taskId === undefined ? [] : [taskId];
        const ids = new Set([...(held.get(ruleId) ?? []), ...named, ...work.linkedNow(pauseLink(ruleId))]);
        for (const id of ids) work.move(id, { kind: 'lifted', ruleIds });
      }
      return lifted;
    },
  };
}

/** The tasks that each rule holds: the one it names, and those that stopped before a step. */
async function loadHeld(load: Load, rules: readonly PauseRow[]): Promise<Map<string, TaskId[]>> {
  const held = new Map<string, TaskId[]>();
  const holds = async ({ ruleId, taskId }: PauseRow) => {
    const parked = await load.index('tasks', LINKS, IDBKeyRange.only(pauseLink(ruleId)));
    if (taskId !== undefined) await load.tasks([taskId]);
    held.set(ruleId, [...parked.map((row) => row.id), ...(taskId === undefined ? [] : [taskId])]);
  };
  await Promise.all(rules.map(holds));
  return held;
}

/** Has some tasks go on that a rule holds, and says how many: a rule of very many is lifted for some at a time. */
export function liftSome(ruleId: string, most: number): Operation<number> {
  let held: TaskId[] = [];
  return {
    load: async (load) => {
      held = (await load.index('tasks', LINKS, IDBKeyRange.only(pauseLink(ruleId)), most)).map((row) => row.id);
    },
    apply: (work) => held.filter((id) => work.move(id, { kind: 'lifted', ruleIds: [ruleId] }) !== undefined).length,
  };
}

function oldestLifted(lifted: PauseRow[]): PauseRow[] {
  if (lifted.length <= MOST_LIFTED) return [];
  return lifted.sort((a, b) => (a.deletedAt ?? 0) - (b.deletedAt ?? 0)).slice(0, lifted.length - MOST_LIFTED);
}

/** Takes expired rules out of force. The tasks that they held come due by themselves. */
export function expireRules(now: number): Operation<void> {
  return {
    apply: (work) => {
      const expired = work.head.rules.filter(({ expiresAt = Infinity }) => expiresAt <= now);
      if (expired.length === 0) return;
      for (const rule of expired) work.put('pauses', { ...rule, deletedAt: rule.expiresAt ?? now });
      work.setRules(work.head.rules.filter((rule) => !expired.includes(rule)));
    },
  };
}
