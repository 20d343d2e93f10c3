// What shares a store, in a browser.

import { Store } from '../../src/store/index.ts';
import { sharing } from './sharing.ts';

sharing('sharing, in a browser', (database, clock) => Store.open(database, clock));
