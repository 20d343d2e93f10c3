// What may be done with a task, by its status, what it waits for and who asks.

import type { Explained, Permission } from '../../runner/index.ts';
import { isFinal, type Task } from '../../task/index.ts';
import type { ACTIONS } from '../words/task.ts';

export type ActionId = keyof typeof ACTIONS;

const NEEDED: Readonly<Partial<Record<ActionId, Permission>>> = {
  retry: 'task:retry',
  restart: 'task:retry',
  rerun: 'task:retry',
  'run-now': 'task:retry',
  cancel: 'task:cancel',
  delete: 'task:delete',
  pause: 'admin',
  resume: 'admin',
  'pause-type': 'admin',
};

/** What else is known when it is asked what can be done. */
export interface Circumstances {
  waits: readonly Explained[];
  /** A rule pauses this very task. */
  isPaused: boolean;
  hasSteps: boolean;
  hasDownload: boolean;
  may: (permission: Permission) => boolean;
}

/** The actions, the likeliest first. */
export function actionsOf(task: Task, circumstances: Circumstances): ActionId[] {
  return wished(task, circumstances).filter((action) => {
    const needed = NEEDED[action];
    return needed === undefined || circumstances.may(needed);
  });
}

const HURRIED: readonly string[] = ['time', 'retry', 'event', 'sign-in'];

function wished(task: Task, { waits, isPaused, hasSteps, hasDownload }: Circumstances): ActionId[] {
  const made: ActionId[] = hasDownload ? ['download'] : [];
  if (isFinal(task.status)) {
    made.push(...(task.status === 'completed' ? (['restart'] as const) : (['retry', 'restart'] as const)));
    if (hasSteps) made.push('rerun');
    return [...made, 'copy-id', 'delete'];
  }
  if (waits.some(({ kind }) => HURRIED.includes(kind))) made.push('run-now');
  return [...made, isPaused ? 'resume' : 'pause', 'cancel', 'pause-type', 'copy-id'];
}
