// A worker that serves as an engine, but whose slots cannot be started.

import { serve } from '../../../src/worker.ts';
import { cast } from './cast.ts';

if (self.name === 'errand-slot') throw new Error('no slot starts here');
serve(cast);
