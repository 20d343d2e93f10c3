// The engine of tests, and its slots.

import { serve } from '../../src/worker.ts';
import { testTasks } from './tasks.ts';

serve(testTasks);
