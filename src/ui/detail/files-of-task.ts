// Which file a person most likely wants of a task: the zip, or the only one there is.

import type { ArtifactView } from '../../runner/index.ts';
import { type FileRef, isFileRef, type Task } from '../../task/index.ts';

/** The zip among a task's files. */
export function zipOf(artifacts: readonly ArtifactView[]): ArtifactView | undefined {
  return artifacts.find((file) => file.type === 'application/zip' || file.name.endsWith('.zip'));
}

/** The file that a result names: itself, or one of its fields. */
export function fileOfResult(task: Task): FileRef | undefined {
  if (task.status !== 'completed') return undefined;
  const { result } = task;
  if (isFileRef(result)) return result;
  if (typeof result !== 'object' || result === null) return undefined;
  return Object.values(result).find(isFileRef);
}
