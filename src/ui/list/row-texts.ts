// What a row says of how far a task is, and of how it ended last.

import { isFinal, type Task } from '../../task/index.ts';
import { span } from '../time/format.ts';
import { STATUS, WAITING } from '../words.ts';
import { TABLE } from '../words/list.ts';

/** What it is doing, or waits for. */
export function noteOf(task: Task): string {
  if (task.status === 'running') return task.progress.message ?? '';
  if (task.status !== 'pending') return '';
  const [first] = task.waitingFor;
  return first === undefined ? '' : TABLE.waits(WAITING[first]);
}

/** How it ended, or how its run before did. */
export function resultOf(task: Task): { text: string; state: string } {
  const { status } = task;
  if (status === 'completed') return { text: span(task.durationMs), state: status };
  if (status === 'failed') return { text: task.error.message, state: status };
  if (status === 'cancelled') return { text: task.error?.message ?? '', state: status };
  if (task.status === 'pending' && task.error !== null) return { text: task.error.message, state: 'failed' };
  const ended = task.lastRun?.status;
  if (ended === undefined || !isFinal(ended)) return { text: '', state: status };
  return { text: task.lastRun?.error?.message ?? STATUS[ended], state: ended };
}
