// The worker of most hostile tests: its engine obeys the test that named it, where it tells it to go wrong.

import { serve } from '../../../src/worker.ts';
import { cast } from './cast.ts';
import { obeySaboteur } from './saboteur.ts';

obeySaboteur();
serve(cast);
