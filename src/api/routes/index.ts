// Every route. Those with a fixed address come before those in whose place a name stands.

import { BULK, CONTROL, PAUSES } from './control.ts';
import { LEFT_BEHIND } from './files.ts';
import { ACTIONS, READS } from './one-task.ts';
import { TASKS } from './tasks.ts';
import { TRANSFER } from './transfer.ts';

export const ROUTES = [...TASKS, ...ACTIONS, ...READS, ...LEFT_BEHIND, ...CONTROL, ...PAUSES, ...BULK, ...TRANSFER];
