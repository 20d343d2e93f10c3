// Where things lie, for the tests that run in Node.

import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
/** Pages that a journey can visit beside the app. Each .html file in it is built. */
export const FIXTURES = join(ROOT, 'test/journey/fixtures');
