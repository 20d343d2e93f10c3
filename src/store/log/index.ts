// The redo log: a second home for all that is written, because Chromium may delete a site's whole database.

export { holdsAll, recover, type Recovered, type Recovery } from './recover.ts';
export { RedoLog } from './redo-log.ts';
export { batchesOf } from './restore.ts';
export { couldRestore } from './scrub.ts';
