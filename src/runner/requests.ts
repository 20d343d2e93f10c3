// What a page asks for beside an enqueue, checked before anything is done.

import { ErrandError } from '../task/index.ts';
import type { Decision, RerunSteps } from './runner.ts';

const LONGEST_REASON = 20_000;
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
  if (typeof (reason as unknown) !== 'string') throw bad('reason', 'must be a text');
  if (reason.length > LONGEST_REASON) throw bad('reason', `must have at most ${LONGEST_REASON} characters`);
  return reason;
}

export function checkRerun(which: RerunSteps): RerunSteps {
  checkFields(which, ['rerunSteps', 'preserveSteps']);
  for (const [field, names] of Object.entries(which)) {
    if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
      throw bad(field, 'must be a list of the names of steps');
  }
  return which;
}

function checkFields(value: unknown, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null) throw bad('request', 'must be an object');
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw bad(unknown, 'is not known');
}

function bad(field: string, rule: string): ErrandError {
  return new ErrandError('invalid-request', `${field} ${rule}.`, { field });
}
