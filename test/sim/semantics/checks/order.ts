// Order within a lane: whoever has the higher priority, or the same and is older, is claimed first. Compared are plain
// tasks of one type that nothing holds back and that nobody touched, of which one was accepted before the other was asked for.

import { ALL_DEAF } from '../facts.ts';
import type { Accepted } from './calls.ts';
import type { Known } from './index.ts';

const RANKS: Readonly<Record<string, number>> = { high: 10, normal: 0, low: -10 };

export function inOrder({ facts, calls }: Known): string[] {
  const firsts = new Map<string, number>();
  for (const fact of facts.all) {
    const isNext = fact.what === 'claimed' || (fact.what === 'moved' && fact.to !== 'pending');
    if (isNext && !firsts.has(fact.id)) firsts.set(fact.id, fact.order);
  }
  const plain = [...calls.accepted.values()].filter((task) => isPlain(task) && calls.on(task.id).length === 0);
  const deaf = facts.of('befell').filter(({ fault }) => fault === ALL_DEAF);
  const complaints: string[] = [];
  for (const first of plain) {
    for (const second of plain) {
      if (first.type !== second.type || first.call.told > second.call.asked || rank(first) < rank(second)) continue;
      const [mine = Infinity, theirs = Infinity] = [firsts.get(first.id), firsts.get(second.id)];
      // Whoever leads learns of another tab's task by a message, or by its slow poll.
      if (theirs < mine && !deaf.some(({ order }) => order < theirs))
        complaints.push(`${second.id} is claimed before ${first.id}, which goes before it (fact ${theirs})`);
    }
  }
  return complaints;
}

function rank({ options: { priority = 0 } }: Accepted): number {
  return typeof priority === 'string' ? (RANKS[priority] ?? 0) : priority;
}

function isPlain({ options }: Accepted): boolean {
  const { schedule, constraints, unique, dependsOn, concurrencyKey, deadline } = options;
  return [schedule, constraints, unique, dependsOn, concurrencyKey, deadline].every((each) => each === undefined);
}
