// The app's worker: the same file is the engine and each of its slots.

import { fileHash, httpRequest, imageConvert } from '../handlers/index.ts';
import { serve } from '../worker.ts';
import { demoCrash, demoFail, demoHang, demoSteps } from './demo-tasks.ts';

serve([imageConvert, httpRequest, fileHash, demoSteps, demoFail, demoHang, demoCrash]);
