// What a task can be found by beside its place in line: the tasks it waits for, its keys, the events that it waits for.
// Derived from the row, kept with it, and indexed by the store: whoever ends, frees or sends looks here whom that concerns.

import { isFinal, type TaskRow } from './record.ts';
import type { Trigger } from './schedule/index.ts';

/** Waits for the end of that task. */
export const afterLink = (taskId: string) => `after:${taskId}`;
/** Has that concurrency key. */
export const holdsLink = (key: string) => `holds:${key}`;
/** Is unfinished, and has that unique key. */
export const uniqueLink = (key: string) => `unique:${key}`;
/** Its handler waits for an event of that name. */
export const eventLink = (name: string) => `event:${name}`;
/** This rule holds it back, or a step of it. */
export const pauseLink = (ruleId: string) => `pause:${ruleId}`;
/** It waits for somebody to sign in: there, or anywhere. */
export const signInLink = (credential?: string) => (credential === undefined ? 'sign-in' : `sign-in:${credential}`);
/** Its schedule runs it each time this happens. */
export const triggerLink = (trigger: Trigger) =>
  typeof trigger === 'string' ? `on:${trigger}` : `on:event:${trigger.event}`;

/** The row with its links as they must be now. */
export function linked(row: TaskRow): TaskRow {
  const links = linksOf(row);
  const { links: before, ...bare } = row;
  if (links.length === 0) return before === undefined ? row : bare;
  return { ...bare, links };
}

function linksOf({ status, blockedBy, holds, unique, parked, pauses, schedule }: TaskRow): string[] {
  if (isFinal(status)) return [];
  const links = (blockedBy ?? []).map(afterLink);
  if (holds !== undefined) links.push(holdsLink(holds));
  if (unique !== undefined) links.push(uniqueLink(unique.key));
  if (parked?.kind === 'event') links.push(eventLink(parked.event));
  const rules = new Set((pauses ?? []).map(({ ruleId }) => ruleId));
  if (parked?.kind === 'pause') rules.add(parked.ruleId);
  for (const ruleId of rules) links.push(pauseLink(ruleId));
  if (parked?.kind === 'sign-in') links.push(signInLink(), signInLink(parked.credential));
  if (schedule?.kind === 'on') links.push(triggerLink(schedule.on));
  return links;
}
