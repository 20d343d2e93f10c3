// What is wrong with one file, thrown inside a slot and turned into that file's result. Everything else that is
// thrown is the environment's fault or ours, and fails the attempt.

import { plainError } from '../../task/index.ts';
import { FORMATS } from './formats.ts';
import type { ImageFailureCode, ImageFormat } from './types.ts';

/** One file that cannot be converted, however often it is tried. */
export class BadFile extends Error {
  override readonly name = 'BadFile';
  readonly code: ImageFailureCode;

  constructor(code: ImageFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The wanted format is one that this browser cannot write. */
export function formatUnsupported(format: ImageFormat, supported: readonly ImageFormat[]): BadFile {
  const others = supported.map((other) => FORMATS[other].title).join(' or ');
  return new BadFile(
    'format-unsupported',
    `This browser cannot write ${FORMATS[format].title}. Choose ${others || 'another browser'}.`,
  );
}

/** Whether a file's content could not be had: deleted, evicted, or changed under our hands. */
export function isGone(thrown: unknown): boolean {
  if (plainError(thrown).code === 'file-missing') return true;
  return thrown instanceof DOMException && (thrown.name === 'NotFoundError' || thrown.name === 'NotReadableError');
}

/** Whether a canvas or a bitmap was too large for the browser. */
export function isBeyondMemory(thrown: unknown): boolean {
  const names = ['IndexSizeError', 'EncodingError', 'InvalidStateError', 'NS_ERROR_FAILURE'];
  return thrown instanceof Object && 'name' in thrown && names.includes(String(thrown.name));
}
