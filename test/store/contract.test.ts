// The store's contract on a database in memory, where there is neither OPFS nor a quota.

import 'fake-indexeddb/auto';
import { Store } from '../../src/store/index.ts';
import { contract } from './contract.ts';

contract('the store, in memory', (database, clock) => Store.open(database, clock));
