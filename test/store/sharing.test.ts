// What shares a store, in memory.

import 'fake-indexeddb/auto';
import { Store } from '../../src/store/index.ts';
import { sharing } from './sharing.ts';

sharing('sharing, in memory', (database, clock) => Store.open(database, clock));
