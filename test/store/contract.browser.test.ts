// The store's contract on the browser's own IndexedDB.

import { Store } from '../../src/store/index.ts';
import { contract } from './contract.ts';

contract('the store, in a browser', (database, clock) => Store.open(database, clock));
