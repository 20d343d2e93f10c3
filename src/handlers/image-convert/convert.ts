// One picture from file to file, in whatever slot is free.

import type { ItemContext } from '../../task/index.ts';
import { BadFile, formatUnsupported, isGone } from './bad-file.ts';
import type { Size } from './container/bytes.ts';
import { withExifOf } from './container/exif.ts';
import { bytesOf, decode, type Header, isLarge, readHeader } from './decode.ts';
import { encode } from './encode.ts';
import type { NamedFile } from './names.ts';
import { fit, resized } from './resize.ts';
import { supportedImageFormats } from './supported-formats.ts';
import type { ConvertOptions, ImageResult } from './types.ts';

/** A larger file's metadata is not looked for. */
const LARGEST_READ_WHOLE = 128 * 1_048_576;

/** Converts one file. A bad file is a result; only the environment's errors and an abort are thrown. */
export async function convert(item: NamedFile, options: ConvertOptions, context: ItemContext): Promise<ImageResult> {
  try {
    return await converted(item, options, context);
  } catch (thrown) {
    if (thrown instanceof BadFile)
      return { ok: false, name: item.file.name, code: thrown.code, message: thrown.message };
    throw thrown;
  }
}

async function converted(
  { file, name }: NamedFile,
  options: ConvertOptions,
  context: ItemContext,
): Promise<ImageResult> {
  const supported = await supportedImageFormats();
  if (!supported.includes(options.format)) throw formatUnsupported(options.format, supported);
  context.signal.throwIfAborted();
  const source = await opened(file, context);
  const header = await readHeader(source);
  const { blob, size } = await oneAtATimeIfLarge(header, context.signal, () =>
    picture(source, header, options, context.signal),
  );
  const content = options.metadata === 'keep' ? await withMetadata(source, blob, size) : blob;
  context.signal.throwIfAborted();
  const artifact = await context.artifact(name, content);
  return { ok: true, file: artifact, from: { name: file.name, size: file.size }, ...size };
}

async function opened(file: NamedFile['file'], context: ItemContext): Promise<File> {
  try {
    return await context.open(file);
  } catch (thrown) {
    throw isGone(thrown)
      ? new BadFile('file-missing', 'The file is gone: it was deleted, or the browser cleared it. Add it again.')
      : thrown;
  }
}

/** Decode, resize, encode. No bitmap outlives it. */
async function picture(
  source: Blob,
  header: Header,
  options: ConvertOptions,
  signal: AbortSignal,
): Promise<{ blob: Blob; size: Size }> {
  signal.throwIfAborted();
  const whole = await decode(source, header);
  const size = fit(whole, options);
  const bitmap = await resized(whole, size);
  try {
    signal.throwIfAborted();
    return { blob: await encode(bitmap, options), size };
  } finally {
    bitmap.close();
  }
}

function oneAtATimeIfLarge<T>({ size }: Header, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (size === undefined || !isLarge(size)) return work();
  return navigator.locks.request('errand-large-image', { signal }, work);
}

async function withMetadata(source: Blob, blob: Blob, size: Size): Promise<Blob> {
  const from = await bytesOf(source.size > LARGEST_READ_WHOLE ? source.slice(0, 1_048_576) : source);
  const parts = withExifOf(from, await bytesOf(blob), size);
  return new Blob(parts, { type: blob.type });
}
