// The task type `image.convert`: a batch of photos is one task, and each photo an item for any free slot.

import * as v from 'valibot';
import { defineTask, doNotRetry, type FileRef, type TaskContext, zipStream } from '../../task/index.ts';
import { fileShape } from '../file-shape.ts';
import { convert } from './convert.ts';
import { FORMATS } from './formats.ts';
import { planNames } from './names.ts';
import {
  type ConvertOptions,
  IMAGE_CONVERT,
  IMAGE_FORMATS,
  type ImageConvertInput,
  type ImageConvertOutput,
  type ImageFailure,
  type ImageResult,
  type ImageSuccess,
} from './types.ts';

const items = { convert };

/**
 * Converts a batch of pictures: another format, a smaller size, with or without their EXIF block. A file that cannot be
 * converted says why in its result; the task fails only if none could be.
 * @example
 * await runner.enqueue(imageConvert, { files, format: 'webp', maxWidth: 1600 });
 */
export const imageConvert = /* @__PURE__ */ defineTask({
  type: IMAGE_CONVERT,
  description: 'Converts images to another format or a smaller size.',
  payload: /* @__PURE__ */ schema(),
  effects: 'none',
  items,
  run,
});

/** In a function, so that a bundler drops it where only names are imported. */
function schema() {
  const side = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16_384)));
  return v.pipe(
    v.strictObject({
      files: v.pipe(
        v.array(fileShape()),
        v.minLength(1, 'must hold at least one file'),
        v.maxLength(20_000, 'must hold at most 20,000 files'),
      ),
      format: v.picklist(IMAGE_FORMATS),
      maxWidth: side,
      maxHeight: side,
      quality: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(100))),
      metadata: v.optional(v.picklist(['strip', 'keep'])),
    }),
    v.forward(
      v.partialCheck(
        [['format'], ['metadata']],
        ({ format, metadata }) => !(format === 'avif' && metadata === 'keep'),
        'cannot be kept in AVIF: choose WebP, JPEG or PNG, or strip it',
      ),
      ['metadata'],
    ),
  );
}

async function run(input: ImageConvertInput, ctx: TaskContext<typeof items>): Promise<ImageConvertOutput> {
  const { files, format, maxWidth, maxHeight, quality = 80, metadata = 'strip' } = input;
  const options: ConvertOptions = { format, maxWidth, maxHeight, quality, metadata };
  const results = await ctx.map('convert', planNames(files, FORMATS[format].extension), options);
  const done = results.filter((result) => result.ok);
  if (done.length === 0) throw noneConverted(results);
  const zip = done.length > 1 ? await ctx.step('zip', ({ signal }) => packed(done, ctx, signal)) : null;
  return { results, converted: done.length, failed: results.length - done.length, savedBytes: savedBytes(done), zip };
}

function packed(done: readonly ImageSuccess[], ctx: TaskContext<typeof items>, signal: AbortSignal): Promise<FileRef> {
  ctx.progress(99, 'packing the zip');
  const entries = done.map(({ file }) => ({
    name: file.name,
    modifiedAt: file.lastModified,
    open: () => ctx.open(file),
  }));
  return ctx.artifact('photos.zip', zipStream(entries, signal));
}

function savedBytes(done: readonly ImageSuccess[]): number {
  return done.reduce((saved, { from, file }) => saved + from.size - file.size, 0);
}

/** Trying again would change nothing. Where all files failed alike, the error says what each of them says. */
function noneConverted(results: readonly ImageResult[]): Error {
  const failures = results.filter((result): result is ImageFailure => !result.ok);
  const [first] = failures;
  const alike = first !== undefined && failures.every(({ code }) => code === first.code);
  if (alike && first.code !== 'not-an-image') return doNotRetry(first.message, { code: first.code });
  const count = results.length;
  const subject = count === 1 ? 'The one file is not' : `None of the ${count} files is`;
  return doNotRetry(`${subject} an image that this browser can read.`, { code: 'not-an-image' });
}
