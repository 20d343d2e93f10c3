// A task's plain fields as names and values, in groups; those without a value are left out.

import type { Task } from '../../task/index.ts';
import { count, span } from '../time/format.ts';
import { LIST } from '../words.ts';
import { constraintsInWords, scheduleInWords } from '../words/policy.ts';
import { FACTS } from '../words/task.ts';

/** A text, or an instant. */
export type Value = string | { at: number };
export type Fact = readonly [name: string, value: Value];
export type FactGroup = readonly [title: string, facts: Fact[]];

export function factsOf(task: Task): FactGroup[] {
  return [
    [FACTS.groups.what, some(whatOf(task))],
    [FACTS.groups.when, some(whenOf(task))],
    [FACTS.groups.how, some(howOf(task))],
  ];
}

type Wanted = [string, Value | null];

function whatOf(task: Task): Wanted[] {
  return [
    [FACTS.type, FACTS.typeOf(task.type, task.typeVersion)],
    [FACTS.priority, LIST.priority(task.priority)],
    [FACTS.creator, task.creator],
    [FACTS.tags, task.tags.join(', ')],
    [FACTS.workspace, task.workspace === 'default' ? null : task.workspace],
    [FACTS.id, task.id],
    [FACTS.runs, count(task.runCount)],
    [FACTS.changes, count(task.version)],
  ];
}

function whenOf(task: Task): Wanted[] {
  const recurs = task.lastRun !== null || task.schedule !== null;
  return [
    [FACTS.created, at(task.createdAt)],
    [FACTS.scheduled, at(task.scheduledAt)],
    [FACTS.started, at(task.startedAt)],
    [FACTS.finished, at(task.finishedAt)],
    [FACTS.took, 'durationMs' in task && task.durationMs > 0 ? span(task.durationMs) : null],
    [FACTS.lastRun, recurs ? at(task.lastRunAt) : null],
    [FACTS.nextRun, at(task.nextRunAt)],
    [FACTS.deadline, at(task.deadline)],
    [FACTS.updated, at(task.updatedAt)],
  ];
}

function howOf(task: Task): Wanted[] {
  const { maxRetries, initialBackoffMs, backoffMultiplier, maxBackoffMs } = task.retry;
  const retries = FACTS.retriesOf(maxRetries, span(initialBackoffMs), backoffMultiplier, span(maxBackoffMs));
  return [
    [FACTS.schedule, task.schedule === null ? null : scheduleInWords(task.schedule)],
    [FACTS.retries, retries],
    [FACTS.timeout, task.timeoutMs === null ? null : span(task.timeoutMs)],
    [FACTS.constraints, task.constraints === null ? null : constraintsInWords(task.constraints)],
    [FACTS.unique, task.unique === null ? null : `${task.unique.key} (${task.unique.policy})`],
    [FACTS.key, task.concurrencyKey],
    [FACTS.onComplete, task.onComplete?.type ?? null],
    [FACTS.idempotencyKey, task.idempotencyKey],
  ];
}

function at(instant: number | null): Value | null {
  return instant === null ? null : { at: instant };
}

function some(wanted: readonly Wanted[]): Fact[] {
  return wanted.flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, value] as const]));
}
