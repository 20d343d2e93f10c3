// What the places of the board are called.

export const PLACE = {
  start: 'Start',
  tasks: 'Tasks',
  task: 'Task',
  new: 'New task',
  schedules: 'Schedules',
  activity: 'Activity',
  health: 'Health',
  settings: 'Settings',
} as const;

export type PlaceName = keyof typeof PLACE;
