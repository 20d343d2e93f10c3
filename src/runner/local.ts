// Who asks where nobody else was named.

import type { Principal } from './runner.ts';

export const LOCAL: Principal = { user: 'local', role: 'admin' };
