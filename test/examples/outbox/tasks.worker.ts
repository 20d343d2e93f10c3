// One file: the engine of a page, and each of its slots.

import { httpRequest } from 'errand/handlers';
import { serve } from 'errand/worker';

serve([httpRequest]);
