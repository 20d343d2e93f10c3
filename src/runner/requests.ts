// What a page asks for beside an enqueue, checked before anything is done.

import type { StoredSettings } from '../store/index.ts';
import { checkInstant, ErrandError, type PauseMatch, SIGNALS, type TaskId } from '../task/index.ts';
import type { Decision, PauseRequest, Principal, RerunSteps, Settings } from './runner.ts';
import { checkSlots } from './status.ts';

const LONGEST_REASON = 20_000;
const LONGEST_NAME = 200;
const DECISIONS: readonly unknown[] = ['run-again', 'completed', 'failed'] satisfies Decision['decision'][];

export function checkDecision(decision: Decision): Decision {
  checkFields(decision, ['decision', 'result', 'reason']);
  if (!DECISIONS.includes(decision.decision)) throw bad('decision', 'must be run-again, completed or failed');
  if (decision.decision === 'failed') checkReason(decision.reason);
  return decision;
}

/** A reason becomes the task's error, and is read with every list. */
export function checkReason(reason: string | undefined): string | undefined {
  if (reason === undefined) return undefined;
  if (typeof (reason as unknown) !== 'string') throw bad('reason', 'must be text');
  if (reason.length > LONGEST_REASON) throw bad('reason', `must have at most ${LONGEST_REASON} characters`);
  return reason;
}

export function checkRerun(which: RerunSteps): RerunSteps {
  checkFields(which, ['rerunSteps', 'preserveSteps']);
  for (const [field, names] of Object.entries(which)) {
    if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
      throw bad(field, 'must be a list of step names');
  }
  return which;
}

/** What to hold back, as it is stored. An expiry that is past is none. */
export function checkPause(
  request: PauseRequest,
  now: number,
): Omit<PauseMatch, 'taskId'> & { taskId?: TaskId; expiresAt?: number } {
  checkFields(request, ['taskId', 'type', 'stepPattern', 'expiresAt']);
  const { expiresAt, ...match } = request;
  for (const [field, value] of Object.entries(match as Record<string, unknown>))
    if (value !== undefined && (typeof value !== 'string' || value === '' || value.length > LONGEST_NAME))
      throw bad(field, `must be text of 1 to ${LONGEST_NAME} characters`);
  const kept = Object.fromEntries(
    Object.entries(match as Record<string, unknown>).filter(([, value]) => value !== undefined),
  ) as ReturnType<typeof checkPause>;
  if (expiresAt === undefined) return kept;
  const at = checkInstant(expiresAt, 'expiresAt');
  if (at <= now) throw bad('expiresAt', 'is in the past');
  return { ...kept, expiresAt: at };
}

/** In whose name something is done. */
export function nameOf({ user }: Principal, { triggeredBy }: { triggeredBy?: string | undefined } = {}): string {
  if (triggeredBy === undefined) return user;
  if (typeof (triggeredBy as unknown) !== 'string' || triggeredBy === '' || triggeredBy.length > LONGEST_NAME)
    throw bad('triggeredBy', `must be text of 1 to ${LONGEST_NAME} characters`);
  return triggeredBy;
}

const MOST_NAMED = 1_000;

/** The ids of many tasks: a page of a list, it may be. */
export function checkMany(ids: readonly string[]): readonly string[] {
  if (!Array.isArray(ids) || ids.length > MOST_NAMED) throw bad('ids', `must be a list of at most ${MOST_NAMED} ids`);
  return ids as readonly string[];
}

export function checkEventName(name: string): string {
  if (typeof (name as unknown) !== 'string' || name === '' || name.length > LONGEST_NAME)
    throw bad('name', `must be text of 1 to ${LONGEST_NAME} characters`);
  return name;
}

/** Settings as they are stored: what is null, or nothing, is not. */
export function checkSettings(settings: Partial<Settings>): StoredSettings {
  checkFields(settings, ['maxConcurrent', 'retentionDays', 'retentionCount', 'signals', 'notifications']);
  const { maxConcurrent, retentionDays, retentionCount, signals, notifications } = settings;
  if (notifications !== undefined && typeof (notifications as unknown) !== 'boolean')
    throw bad('notifications', 'must be true or false');
  if (maxConcurrent !== undefined) checkSlots(maxConcurrent);
  checkCount('retentionDays', retentionDays, 36_500);
  checkCount('retentionCount', retentionCount, 10_000_000);
  if (signals !== undefined) checkSwitches(signals);
  return settings;
}

function checkCount(field: string, value: number | null | undefined, most: number): void {
  if (value === undefined || value === null) return;
  if (!(value >= 0) || value > most) throw bad(field, `must be from 0 to ${most}, or null`);
}

function checkSwitches(signals: NonNullable<Settings['signals']>): void {
  checkFields(signals, SIGNALS);
  for (const [field, value] of Object.entries(signals as Record<string, unknown>))
    if (typeof value !== 'boolean') throw bad(`signals.${field}`, 'must be true or false');
}

function checkFields(value: unknown, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null) throw bad('request', 'must be an object');
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw bad(unknown, 'is not known');
}

function bad(field: string, rule: string): ErrandError {
  return new ErrandError('invalid-request', `${field} ${rule}.`, { field });
}
