// What every backend of the store promises. One suite, run on each of them.

import { afterEach, describe } from 'vitest';
import { clearPlaces, type OpenStore } from '../support/place.ts';
import { cancelContract, discardContract, removeContract, retryContract } from './contract/change.ts';
import { claimContract, doubtContract, positionsContract, suspectContract } from './contract/claim.ts';
import {
  connectionContract,
  patienceContract,
  riderContract,
  tabsContract,
  transactionContract,
  undoContract,
} from './contract/commit.ts';
import { filesContract } from './contract/files.ts';
import { dependencyContract } from './contract/flow-dependencies.ts';
import { eventContract } from './contract/flow-events.ts';
import { followingContract } from './contract/flow-following.ts';
import { keyContract } from './contract/flow-keys.ts';
import { pauseContract } from './contract/flow-pauses.ts';
import { flowRandomContract } from './contract/flow-random.ts';
import { timeContract } from './contract/flow-time.ts';
import { undoFlowContract } from './contract/flow-trash.ts';
import { uniqueContract } from './contract/flow-unique.ts';
import { updateContract } from './contract/flow-update.ts';
import { idempotencyContract, insertContract, parentContract } from './contract/insert.ts';
import { cursorContract, filterContract, orderContract, totalContract } from './contract/pages.ts';
import { randomContract } from './contract/random.ts';
import { recordContract, recordTokenContract } from './contract/record.ts';
import { orderFieldsContract, refusedOrderContract, sortContract } from './contract/sorts.ts';
import { dueContract, engineContract, settleContract, staleContract } from './contract/settle.ts';

const PARTS = [
  insertContract,
  idempotencyContract,
  parentContract,
  claimContract,
  doubtContract,
  positionsContract,
  suspectContract,
  settleContract,
  staleContract,
  engineContract,
  dueContract,
  cancelContract,
  retryContract,
  removeContract,
  discardContract,
  recordContract,
  recordTokenContract,
  transactionContract,
  patienceContract,
  riderContract,
  tabsContract,
  undoContract,
  connectionContract,
  randomContract,
  orderContract,
  filterContract,
  sortContract,
  orderFieldsContract,
  refusedOrderContract,
  cursorContract,
  totalContract,
  filesContract,
  dependencyContract,
  uniqueContract,
  keyContract,
  followingContract,
  pauseContract,
  eventContract,
  timeContract,
  undoFlowContract,
  updateContract,
  flowRandomContract,
];

export function contract(name: string, openStore: OpenStore): void {
  describe(name, () => {
    afterEach(clearPlaces);
    for (const part of PARTS) part(openStore);
  });
}
