// What an attempt records on its way: steps, chunks of a map, log lines, files, progress. Each names its claim's token;
// an old one writes nothing and gets `claim-lost`.

import {
  type Claim,
  type ClaimToken,
  ErrandError,
  type Progress,
  type TaskId,
  type TaskRow,
  transition,
} from '../task/index.ts';
import type { Operation } from './commit.ts';
import { type ChunkRow, type FileRow, FILES_OF, type LogRow, type StepRow } from './schema.ts';
import type { Work } from './work.ts';

/** Whose attempt records: its row as the claim's holder knows it, and its token. */
export interface Holder {
  row: TaskRow;
  token: ClaimToken;
}

/** Records a step, or a map's begin or end. Gives the row as it is now: something recorded proves that the task goes on. */
export function recordStep(holder: Holder, step: StepRow): Operation<TaskRow> {
  return {
    apply: (work) => {
      const row = recorded(work, holder, step.status === 'completed');
      work.put('steps', step);
      return row;
    },
  };
}

/** Records a chunk of a map, with the progress made by it. */
export function recordChunk(holder: Holder, chunk: ChunkRow, progress: Progress | undefined): Operation<TaskRow> {
  return {
    apply: (work) => {
      const row = recorded(work, holder, true);
      work.put('chunks', chunk);
      if (progress !== undefined) setProgress(work, heldClaim(work, holder), progress);
      return row;
    },
  };
}

export function recordLog(holder: Holder, log: LogRow): Operation<void> {
  return {
    apply: (work) => {
      heldClaim(work, holder);
      work.put('logs', log);
      work.touched.add(holder.row.id);
    },
  };
}

/** Adds an artifact; one of the same name is replaced. Says which files' bytes may go now. */
export function recordArtifact(holder: Holder, file: FileRow): Operation<string[]> {
  const stored: string[] = [];
  return {
    load: async (load) => {
      const keys = await load.keys('files', FILES_OF, IDBKeyRange.only([file.taskId, 'artifact', file.name]));
      stored.splice(0, Infinity, ...keys.map(String));
    },
    apply: (work) => {
      heldClaim(work, holder);
      const newer = [...work.known('files')].filter((other) => isSame(other, file)).map((other) => other.id);
      const replaced = [...new Set([...stored, ...newer])].filter((id) => id !== file.id);
      for (const id of replaced) work.delete('files', id);
      work.put('files', file);
      work.touched.add(holder.row.id);
      return replaced;
    },
  };
}

function isSame(a: FileRow, b: FileRow): boolean {
  return a.taskId === b.taskId && a.role === b.role && a.name === b.name;
}

/** Keeps the progress of running tasks with their claims. Claims that are lost are skipped; says which. */
export function recordProgress(
  reports: readonly { taskId: TaskId; token: ClaimToken; progress: Progress }[],
): Operation<TaskId[]> {
  return {
    apply: (work) => {
      const lost: TaskId[] = [];
      for (const { taskId, token, progress } of reports) {
        const claim = work.claims.get(taskId);
        if (claim?.token === token) setProgress(work, claim, progress);
        else lost.push(taskId);
      }
      return lost;
    },
  };
}

function setProgress(work: Work, claim: Claim, progress: Progress): void {
  work.setClaim(claim.taskId, { ...claim, progress });
  work.touched.add(claim.taskId);
}

function recorded(work: Work, holder: Holder, proves: boolean): TaskRow {
  const claim = heldClaim(work, holder);
  work.touched.add(holder.row.id);
  if (!proves) return holder.row;
  const before = { row: holder.row, claim };
  const after = transition(before, { kind: 'recorded', token: holder.token }, work.now);
  if (after === undefined || after.row === holder.row) return holder.row;
  work.know('tasks', holder.row.id, holder.row);
  work.putTask(after, before);
  return after.row;
}

/** The claim, if its holder has it still. Throws `claim-lost`. */
export function heldClaim(work: Work, { row, token }: Holder): Claim {
  const claim = work.claims.get(row.id);
  if (claim?.token !== token) throw new ErrandError('claim-lost');
  return claim;
}
