// Promise 1: nothing accepted is lost, it ends once it can, and what is shown is what is there.

import type { FactOf } from '../facts.ts';
import type { Known } from './index.ts';

/** Calls after which a task may be gone. */
const REMOVERS = new Set(['remove', 'clearFinished', 'bulk']);
const STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;

export function neverLost({ facts, tasks, stats }: Known): string[] {
  const there = new Set<string>(tasks.map(({ id }) => id));
  const asked = new Map(facts.of('asked').map((fact) => [fact.call, fact]));
  const removers = [...asked.values()].filter(({ name }) => REMOVERS.has(name));
  const lost = facts
    .of('told')
    .flatMap((told) => acceptedBy(asked.get(told.call), told))
    .filter((id) => !there.has(id) && !removers.some((remover) => concerns(remover, id)));
  const unfinished = tasks.filter(({ status }) => status === 'pending' || status === 'running');
  const counted = (status: string) => tasks.filter((task) => task.status === status).length;
  const wrong = STATUSES.filter((status) => stats[status] !== counted(status));
  return [
    ...lost.map((id) => `${id} was accepted and is not there`),
    ...unfinished.map((task) => `${task.id} never ends: it is ${task.status}${waits(task)}`),
    ...wrong.map((status) => `${stats[status]} are said to be ${status}, and ${counted(status)} are`),
  ];
}

function waits(task: Known['tasks'][number]): string {
  return task.status === 'pending' ? ` and waits for ${task.waitingFor.join()}` : '';
}

function acceptedBy(asked: FactOf<'asked'> | undefined, { answer }: FactOf<'told'>): string[] {
  if (asked?.name === 'enqueue') return [(answer as { id: string }).id];
  if (asked?.name === 'enqueueMany') return (answer as { id: string }[]).map(({ id }) => id);
  return [];
}

function concerns({ name, args }: FactOf<'asked'>, id: string): boolean {
  return name === 'remove' ? args[0] === id : name === 'clearFinished' || args[0] === 'delete';
}
