// What is wrong with what was typed, field by field: the engine's own checks, run where it is typed.

import {
  checkRequest,
  checkSchedule,
  draft,
  type EnqueueOptions,
  ErrandError,
  nextOccurrence,
  type ScheduleInput,
  type TaskId,
} from '../../task/index.ts';

/** Field → what is wrong with it. */
export type Faults = ReadonlyMap<string, string>;

const NOBODY = 'new' as TaskId;

/** Each option is checked by itself, so that one that is wrong hides no other. */
export function faultsOf(options: EnqueueOptions, now: number): Faults {
  const faults = new Map<string, string>();
  for (const [option, value] of Object.entries(options as Record<string, unknown>)) {
    try {
      draft(checkRequest({ type: 'new', [option]: value }), { now, newId: () => NOBODY, payloadApart: false });
    } catch (error) {
      const [field, message] = faultIn(error) ?? [option, String(error)];
      faults.set(field, message);
    }
  }
  return faults;
}

/** The field at fault and the sentence about it, without the field's name before it. */
export function faultIn(error: unknown): [field: string, message: string] | undefined {
  if (!(error instanceof ErrandError)) return undefined;
  const { field = '' } = error.details;
  const said = error.message.startsWith(`${field}: `) ? error.message.slice(field.length + 2) : error.message;
  return [field, said.charAt(0).toUpperCase() + said.slice(1)];
}

/** The next times of a schedule; none where it cannot be read, or names none. */
export function nextTimes(schedule: ScheduleInput | undefined, now: number, many: number): number[] {
  if (schedule === undefined) return [];
  try {
    const checked = checkSchedule(schedule, now);
    const count = 'count' in checked ? (checked.count ?? many) : many;
    const times: number[] = [];
    let at = nextOccurrence(checked, now - 1);
    for (; at !== undefined && times.length < Math.min(many, count); at = nextOccurrence(checked, at)) times.push(at);
    return times;
  } catch {
    return [];
  }
}
