// What a pause rule holds back.

/** What a pause rule matches. What is left out matches everything; an empty rule pauses all. */
export interface PauseMatch {
  taskId?: string;
  type?: string;
  /** Steps of that name; `*` stands for anything. Without it whole tasks are held back. */
  stepPattern?: string;
}

interface Rule extends PauseMatch {
  expiresAt?: number;
  deletedAt?: number;
}

/** Whether a rule is in force. */
export function isInForce({ deletedAt, expiresAt = Infinity }: Rule, now: number): boolean {
  return deletedAt === undefined && expiresAt > now;
}

/** Whether a rule holds back every task of a type. */
export function pausesType(rule: Rule, type: string, now: number): boolean {
  if (rule.taskId !== undefined || rule.stepPattern !== undefined || !isInForce(rule, now)) return false;
  return rule.type === undefined || rule.type === type;
}

/** Whether a rule holds back some steps of a task. */
export function pausesStepsOf(rule: Rule, task: { id: string; type: string }, now: number): boolean {
  if (rule.stepPattern === undefined || !isInForce(rule, now)) return false;
  return (rule.type ?? task.type) === task.type && (rule.taskId ?? task.id) === task.id;
}

/** Whether a pattern names a step: `*` stands for any characters, or none. */
export function matchesStep(pattern: string, step: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return step === pattern;
  if (!step.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = step.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return step.length >= at + last.length && step.endsWith(last);
}

/** Whether two rules match the same. */
export function matchesSame(a: PauseMatch, b: PauseMatch): boolean {
  return a.taskId === b.taskId && a.type === b.type && a.stepPattern === b.stepPattern;
}
