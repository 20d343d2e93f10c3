// The app's worker: the same file is the engine and each of its slots.

import { everyTask } from '../handlers/index.ts';
import { serve } from '../worker.ts';

serve(everyTask);
