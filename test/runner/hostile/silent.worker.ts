// A worker that serves as an engine, but whose slots never answer.

import { serve } from '../../../src/worker.ts';
import { cast } from './cast.ts';

if (self.name !== 'errand-slot') serve(cast);
