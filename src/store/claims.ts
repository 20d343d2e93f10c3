// Claims as they are stored: one row for all, in batches that share what they have in common, so that hundreds of
// claims cost little more than their ids.

import type { Claim, ClaimToken, EngineId, Progress, TaskId } from '../task/index.ts';

/** The tasks of one type and creator that were claimed together. */
interface ClaimBatch {
  token: ClaimToken;
  engineId: EngineId;
  type: string;
  creator: string;
  claimedAt: number;
  alone?: true;
  ids: TaskId[];
  once?: true;
  progress?: Map<TaskId, Progress>;
  /** What some of them were told since. */
  told?: Map<TaskId, Pick<Claim, 'pauses' | 'triggers'>>;
}

/** Every claim there is. */
export interface ClaimsRow {
  key: 'claims';
  batches: ClaimBatch[];
}

export function encodeClaims(claims: ReadonlyMap<TaskId, Claim>): ClaimsRow {
  const batches = new Map<string, ClaimBatch>();
  for (const { taskId, progress, pauses, triggers, ...shared } of claims.values()) {
    const key = `${shared.token}\0${shared.type}\0${shared.creator}\0${shared.once === true}`;
    const batch = batches.get(key) ?? { ...shared, ids: [] };
    batches.set(key, batch);
    batch.ids.push(taskId);
    if (progress !== undefined) (batch.progress ??= new Map<TaskId, Progress>()).set(taskId, progress);
    if (pauses === undefined && triggers === undefined) continue;
    const told = { ...(pauses !== undefined && { pauses }), ...(triggers !== undefined && { triggers }) };
    (batch.told ??= new Map<TaskId, Pick<Claim, 'pauses' | 'triggers'>>()).set(taskId, told);
  }
  return { key: 'claims', batches: [...batches.values()] };
}

export function decodeClaims({ batches }: ClaimsRow): Map<TaskId, Claim> {
  const claims = new Map<TaskId, Claim>();
  for (const { ids, progress, told, ...shared } of batches) {
    for (const taskId of ids) {
      const made = progress?.get(taskId);
      const claim: Claim = { taskId, ...shared, ...told?.get(taskId) };
      claims.set(taskId, made === undefined ? claim : { ...claim, progress: made });
    }
  }
  return claims;
}
