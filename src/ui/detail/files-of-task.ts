// Which file a person most likely wants of a task: the zip, or the only one there is.

import type { ArtifactView, TaskDetail } from '../../runner/index.ts';
import { type FileRef, isFileRef, type Task } from '../../task/index.ts';
import { ACTION } from '../words.ts';

/** The zip among a task's files. */
function zipOf(artifacts: readonly ArtifactView[]): ArtifactView | undefined {
  return artifacts.find((file) => file.type === 'application/zip' || file.name.endsWith('.zip'));
}

/** What the download of a task is called, where it has one. */
export function downloadOf({ task, artifacts }: TaskDetail): string | undefined {
  if (task.status !== 'completed') return undefined;
  if (zipOf(artifacts) !== undefined) return ACTION.downloadZip;
  return artifacts.length === 1 || fileOfResult(task) !== undefined ? ACTION.download : undefined;
}

/** The zip, or the only file there is. */
export function mainFileOf(artifacts: readonly ArtifactView[]): ArtifactView | undefined {
  return zipOf(artifacts) ?? (artifacts.length === 1 ? artifacts[0] : undefined);
}

/** The file that a result names: itself, or one of its fields. */
export function fileOfResult(task: Task): FileRef | undefined {
  if (task.status !== 'completed') return undefined;
  const { result } = task;
  if (isFileRef(result)) return result;
  if (typeof result !== 'object' || result === null) return undefined;
  return Object.values(result).find(isFileRef);
}
