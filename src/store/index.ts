// Where tasks rest. The only folder that knows Dexie.

export type { Nudge } from './channel.ts';
export { claim, type Claimed, type ClaimRequest, type ClaimResult, Positions, type RateLimit } from './claim.ts';
export type { Committed, Entry, Operation } from './commit.ts';
export { erase } from './erase.ts';
export { openSlotFiles } from './files/index.ts';
export { type Arrival, insert, type Inserted, notThere } from './insert.ts';
export { isCounted } from './filter.ts';
export { countsOf, type Standing } from './query.ts';
export { type Holder, recordArtifact, recordChunk, recordLog, recordProgress, recordStep } from './record.ts';
export type {
  ChunkRow,
  EventRow,
  FileRow,
  HeadRow,
  LogRow,
  PastRunRow,
  PauseRow,
  StepRow,
  StoredSettings,
  ValueRow,
} from './schema.ts';
export { cancel, makeDue, occur, release, releaseUnknown, settle, type Settlement, takeLead } from './settle.ts';
export { discard, remove, sweepTrash } from './trash.ts';
export { undo } from './undo.ts';
export { sendAsStep, sendEvent, signedIn, trigger, waitForEvent } from './events.ts';
export { expireRules, lift, liftSome, pause } from './pauses.ts';
export { MOVED_TABLES, type Moving, type MovedTable, reconsider, takeIn, withdraw } from './transfer.ts';
export { summon, update } from './change.ts';
export { decide, hurry, rerun, restart, retry, retryStep } from './runs.ts';
export { configure } from './settings.ts';
export type { Looked } from './reading.ts';
export type { Recovery } from './log/index.ts';
export { MOST_CHUNK_ITEMS, Store } from './store.ts';
