// What the tests of the surface have in common: a runner of their own behind it, and a task or two.

import { expect } from 'vitest';
import { newRunner } from '../support/runner.ts';
import { type Ask, asking } from './ask.ts';

export const TASKS = '/api/v1/tasks';

export async function newAsk(): Promise<Ask> {
  return asking(await newRunner({ maxConcurrent: 2 }));
}

/** Makes a task, and answers with its id. */
export async function made(ask: Ask, type: string, rest: object = {}): Promise<string> {
  const { status, body } = await ask('POST', TASKS, { type, ...rest });
  expect(status).toBe(201);
  return idOf(body);
}

export function idOf(body: unknown): string {
  return (body as { task: { id: string } }).task.id;
}

export async function ended(ask: Ask, id: string): Promise<Record<string, unknown>> {
  const { body } = await ask('GET', `${TASKS}/${id}/wait?timeoutSecs=20`);
  expect(body.finished).toBe(true);
  return body.task as Record<string, unknown>;
}
