// An engine in this very realm, for one that can start no workers. A service worker's stands by, writes what its realm enqueues,
// and leads only while it is told to resume.

import type { Reply } from '../pool/index.ts';
import { ErrandError, systemClock, type TaskDefinition } from '../task/index.ts';
import { slotHere } from '../worker/index.ts';
import { openRunner } from './client.ts';
import { Desk } from './desk.ts';
import { toRealm } from './link.ts';
import type { Resumed } from './resume.ts';
import type { Runner } from './runner.ts';
import { byType } from './serve.ts';

/** They share one thread, and mostly wait for answers: a browser has six under way to one server at a time. */
const SLOTS = 6;
const SLOTS_IN_PAGE = 2;

/** A runner whose engine lives in this realm. */
export interface RunnerHere {
  runner: Runner;
  /** The same in the name of whoever was set last. */
  asSet(): Promise<Runner>;
  /** Does what can be done here and now, for so long at most, unless a page's engine lives and is not gone by then. */
  resume(forMs: number, leavingMs?: number): Promise<Resumed>;
}

export async function openHere(definitions: readonly TaskDefinition[], database: string): Promise<RunnerHere> {
  const served = byType(definitions);
  const spawn = () => slotHere(served, systemClock);
  const desk = new Desk({ definitions: served, clock: systemClock, spawn, standsBy: true, slots: SLOTS });
  const runner = await openRunner(toRealm(desk), { database });
  return {
    runner,
    asSet: async () => runner.as(unwrap(await desk.lastPrincipal())),
    resume: async (forMs, leavingMs = 0) => unwrap(await desk.resume(forMs, leavingMs)),
  };
}

/**
 * A runner whose engine and slots live in this page, where no worker may start: it leads like any other, and handlers share
 * the page's thread.
 */
export function openInPage(definitions: readonly TaskDefinition[], database: string): Promise<Runner> {
  const served = byType(definitions);
  const spawn = () => slotHere(served, systemClock);
  const desk = new Desk({ definitions: served, clock: systemClock, spawn, slots: SLOTS_IN_PAGE });
  return openRunner(toRealm(desk), { database });
}

function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw ErrandError.fromPlain(reply.error);
}
