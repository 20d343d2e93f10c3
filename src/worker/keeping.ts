// What a handler hands out, made fit to be kept; and what the host answers, made of use to the handler.

import { type ArtifactContent, checkDepth, errorOf, type FileRef } from '../task/index.ts';
import type { HandedFile, Reply } from '../pool/index.ts';
import type { Host } from './host.ts';

/** A copy as of now; of what cannot be copied, its text. */
export function kept(data: unknown): unknown {
  try {
    return structuredClone(checkDepth(data));
  } catch {
    return textOf(data);
  }
}

export function textOf(data: unknown): string {
  try {
    return String(data);
  } catch {
    return 'This value can be neither stored nor shown as text.';
  }
}

/** Writes an artifact's bytes, here where this realm can, and has the host keep it. */
export async function keepArtifact(
  host: Host,
  jobId: number,
  signal: AbortSignal,
  name: string,
  content: ArtifactContent,
): Promise<FileRef> {
  signal.throwIfAborted();
  const type = content instanceof Blob ? content.type : '';
  const file: HandedFile = { name, type, ...(await host.writeFile(content)) };
  signal.throwIfAborted();
  return unwrap(await host.artifact(jobId, file));
}

export function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  const { error } = reply;
  throw errorOf({ retryable: true, ...error });
}
