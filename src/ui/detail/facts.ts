// A task's plain fields as pairs of name and value; those without a value are left out.

import type { Task } from '../../task/index.ts';
import { absolute, count, span } from '../time/format.ts';
import { LIST } from '../words.ts';

export type Fact = readonly [name: string, value: string];

/** The facts of a task, in the order in which they are looked up. */
export function factsOf(task: Task): Fact[] {
  const { maxRetries, initialBackoffMs, backoffMultiplier, maxBackoffMs } = task.retry;
  const facts: [string, string | null][] = [
    ['Id', task.id],
    ['Type', `${task.type}, version ${task.typeVersion}`],
    ['Description', task.description],
    ['Tags', task.tags.join(', ')],
    ['Priority', LIST.priority(task.priority)],
    ['Workspace', task.workspace],
    ['Creator', task.creator],
    ['Parent', task.parentId],
    ['Created', at(task.createdAt)],
    ['Scheduled', at(task.scheduledAt)],
    ['Started', at(task.startedAt)],
    ['Finished', at(task.finishedAt)],
    ['Updated', at(task.updatedAt)],
    ['Timeout of an attempt', task.timeoutMs === null ? 'none' : span(task.timeoutMs)],
    [
      'Retries',
      `${count(maxRetries)}, after ${span(initialBackoffMs)}, ×${backoffMultiplier}, ${span(maxBackoffMs)} at most`,
    ],
    ['Changes', count(task.version)],
  ];
  return facts.flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, value] as const]));
}

function at(instant: number | null): string | null {
  return instant === null ? null : absolute(instant);
}
