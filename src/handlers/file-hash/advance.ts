// One stretch of one file, in whatever slot is free: from where the stretch before ended to where this one does.

import { ErrandError, type FileRef, type ItemContext } from '../../task/index.ts';
import { newHasher } from './algorithms.ts';
import type { HashAlgorithm } from './types.ts';

/** How far a file has come. */
export interface Stretch {
  file: FileRef;
  /** In bytes. */
  from: number;
  /** What the hasher knew there; `null` at the beginning. */
  state: Uint8Array | null;
}

export type Advanced =
  { kind: 'going'; from: number; state: Uint8Array } | { kind: 'done'; hash: string } | { kind: 'missing' };

export interface AdvanceOptions {
  algorithm: HashAlgorithm;
  /** The most bytes that a stretch may have. */
  bytes: number;
}

/** Hashes on, within one stretch. A file that is gone is a result; what else is thrown fails the attempt. */
export async function advance(
  { file, from, state }: Stretch,
  { algorithm, bytes }: AdvanceOptions,
  context: ItemContext,
): Promise<Advanced> {
  const hasher = await newHasher(algorithm);
  if (state === null) hasher.init();
  else hasher.load(state);
  const to = Math.min(file.size, from + bytes);
  try {
    const content = await context.open(file);
    const reader = content.slice(from, to).stream().getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      context.signal.throwIfAborted();
      hasher.update(read.value);
    }
  } catch (thrown) {
    if (isGone(thrown)) return { kind: 'missing' };
    throw thrown;
  }
  return to >= file.size ? { kind: 'done', hash: hasher.digest() } : { kind: 'going', from: to, state: hasher.save() };
}

function isGone(thrown: unknown): boolean {
  if (thrown instanceof ErrandError) return thrown.code === 'file-missing';
  return thrown instanceof DOMException && (thrown.name === 'NotFoundError' || thrown.name === 'NotReadableError');
}
