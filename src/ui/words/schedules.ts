// What the schedules say.

export const SCHEDULES = {
  title: 'Schedules',
  none: 'No schedules yet',
  noneLead: 'A task with a schedule runs again and again: at an interval, at set times, or when something happens.',
  make: 'New task',
  next: 'Next run',
  last: 'Last run',
  ends: (statuses: readonly string[]) =>
    statuses.length === 0 ? 'It has not run yet' : `Last runs, oldest first: ${statuses.join(', ')}`,
  never: 'not yet',
  paused: 'paused',
  runs: 'running now',
  runNow: 'Run now',
  pause: 'Pause',
  resume: 'Resume',
  pausedToast: (name: string) => `Paused “${name}”`,
} as const;
