// What handlers are told by the product is what has happened: results of what they depended on, children that are there,
// sleeps that lasted.

import { isDeepStrictEqual } from 'node:util';
import { DISK_IS_FULL, type FactOf, NEXT_WRITE } from '../facts.ts';
import type { Known } from './index.ts';
import { REMOVERS } from './kept.ts';

export function dependenciesAreTold({ facts, calls }: Known): string[] {
  return facts.of('began').flatMap(({ run, order, dependencies }) =>
    dependencies
      .filter(({ status }) => status === 'completed')
      .filter(({ id, result }) => {
        if (calls.mayHaveBeen(id, order, 'decide')) return false;
        const left = facts
          .of('left')
          .filter((fact) => fact.run.id === id && fact.how === 'returned' && fact.order < order);
        return !left.some(({ value }) => isDeepStrictEqual(value, result));
      })
      .map(({ id, result }) => `${run.id} is told that ${id} gave ${JSON.stringify(result)}, and it did not`),
  );
}

export function childrenAreThere({ facts, tasks, calls }: Known): string[] {
  const there = new Set<string>(tasks.map(({ id }) => id));
  const children = facts.of('kept').filter(({ step }) => step === 'child');
  return children
    .filter(({ value }) => !there.has(String(value)) && calls.on(String(value), ...REMOVERS).length === 0)
    .map(({ run, value }) => `${run.id} made ${String(value)}, which is not there`);
}

/** A database that the browser drops is opened again: only one that refuses what it is asked is no use. */
export function databaseIsThere({ facts }: Known): string[] {
  if (facts.of('befell').some(({ fault }) => fault.startsWith(NEXT_WRITE) || fault === DISK_IS_FULL)) return [];
  return facts
    .of('refused')
    .filter(({ code }) => code === 'database-unavailable')
    .map(({ call }) => `call ${call} is told that there is no database, and there is`);
}

/** By the time that passes, where nobody set the clock meanwhile or had it go on. */
export function sleepsLast({ facts, calls }: Known): string[] {
  const begun = new Map<string, FactOf<'began'>>();
  return facts.all.flatMap((fact) => {
    if (fact.what !== 'began' && fact.what !== 'kept') return [];
    const key = `${fact.run.id}/${fact.run.run}`;
    // One of another payload is another task, that was given the id of one that is gone.
    if (fact.what === 'began' && !isDeepStrictEqual(begun.get(key)?.payload, fact.payload)) begun.set(key, fact);
    const since = begun.get(key);
    if (fact.what === 'began' || fact.step !== 'nap' || since === undefined) return [];
    if (calls.mayHaveBeen(fact.run.id, fact.order, 'runNow', 'processNext', 'retry', 'rerun', 'bulk')) return [];
    const sleptMs = Math.max(facts.latestWall(0, fact.order) - since.wall, fact.at - since.at);
    const isShort = sleptMs < (since.payload.ms ?? 0) + 500;
    return isShort ? [`${fact.run.id} has slept ${sleptMs} ms only (fact ${fact.order})`] : [];
  });
}
