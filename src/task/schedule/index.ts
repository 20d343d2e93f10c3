// When a task runs: what a schedule may say, which instants it names, and what it wants done now.

export { checkSchedule } from './check.ts';
export { describeSchedule } from './describe.ts';
export { type DueNow, dueNow, isTooLate, newScheduleState, triggered } from './due.ts';
export { nextOccurrence } from './occurrence.ts';
export type {
  Instant,
  MissedPolicy,
  OverlapPolicy,
  Schedule,
  ScheduleInput,
  ScheduleState,
  Trigger,
} from './schedule.ts';
export { instant } from './instant.ts';
export { instantOf } from './milliseconds.ts';
