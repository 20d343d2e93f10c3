// image.convert on real pictures in a real browser.

import { unzipSync } from 'fflate';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { exifOf } from '../../src/handlers/image-convert/container/exif.ts';
import { imageKind } from '../../src/handlers/image-convert/container/image-size.ts';
import { encode } from '../../src/handlers/image-convert/encode.ts';
import { byHalves, fit, resized } from '../../src/handlers/image-convert/resize.ts';
import {
  IMAGE_FORMATS,
  imageConvert,
  type ImageConvertInput,
  type ImageConvertOutput,
  type ImageResult,
  type ImageSuccess,
  supportedImageFormats,
} from '../../src/handlers/index.ts';
import { ErrandError, taskError } from '../../src/task/index.ts';
import { jpegFrame, pngFrame } from './support/containers.ts';
import { readTags } from './support/exif.ts';
import { type FakeTask, fakeTask } from './support/fake-context.ts';
import { corners, noise, photo, picture, pixel } from './support/pictures.ts';

type Options = Omit<ImageConvertInput, 'files'>;

function convert(task: FakeTask, files: File[], options: Options): Promise<ImageConvertOutput> {
  return task.run(imageConvert, { files: files.map((file) => task.keep(file)), ...options });
}

/** Converts one file beside one good one, so that its failure is a result. */
async function resultOf(file: File, options: Options): Promise<ImageResult | undefined> {
  const good = await picture('good.png', 'image/png', [4, 4]);
  return (await convert(fakeTask(), [file, good], options)).results[0];
}

async function converted(file: File, options: Options): Promise<{ result: ImageSuccess; blob: Blob }> {
  const task = fakeTask();
  const [result] = (await convert(task, [file], options)).results;
  if (result?.ok !== true) throw new Error(result?.message ?? 'no result');
  return { result, blob: task.blob(result.file) };
}

const kindOf = async (blob: Blob): Promise<unknown> => imageKind(new Uint8Array(await blob.arrayBuffer()));
const failure = (run: Promise<unknown>): Promise<unknown> => run.then(() => 'succeeded', (thrown: unknown) => taskError(thrown)); // prettier-ignore

describe('a converted photo', () => {
  // Stored as RG over BY; what each orientation makes of it (EXIF 2.3, table of tag 0x0112).
  const upright = ['RGBY', 'GRYB', 'YBGR', 'BYRG', 'RBGY', 'BRYG', 'YGBR', 'GYRB'];
  upright.forEach((colors, index) => {
    const orientation = index + 1;
    it(`stands upright when the camera lay in orientation ${orientation}`, async () => {
      const { result, blob } = await converted(await photo('IMG.JPG', [64, 32], orientation), { format: 'png' });
      const size = orientation < 5 ? '64x32' : '32x64';
      expect(await corners(blob)).toEqual({ size, colors });
      expect(`${result.width}x${result.height}`).toBe(size);
    });
  });

  it('that is made smaller stands upright, too, within the limits as they are seen', async () => {
    const { blob } = await converted(await photo('IMG.JPG', [640, 320], 6), { format: 'webp', maxWidth: 80 });
    expect(await corners(blob)).toEqual({ size: '80x160', colors: 'BRYG' });
  });

  for (const format of ['webp', 'jpeg', 'png'] as const) {
    it(`really is ${format} if that was asked for, whatever it was before`, async () => {
      for (const type of ['image/png', 'image/jpeg', 'image/webp']) {
        const { blob, result } = await converted(await picture('a.b', type, [40, 20]), { format });
        expect(await kindOf(blob)).toBe(format);
        expect(result.file.type).toBe(`image/${format}`);
      }
    });
  }
});

describe('the size', () => {
  it('fits into both limits and keeps its proportions', async () => {
    const file = await picture('a.png', 'image/png', [400, 200]);
    expect((await converted(file, { format: 'png', maxWidth: 300, maxHeight: 50 })).result).toMatchObject({
      width: 100,
      height: 50,
    });
    expect((await converted(file, { format: 'png', maxWidth: 300 })).result).toMatchObject({ width: 300, height: 150 });
    expect((await converted(file, { format: 'png', maxWidth: 1 })).result).toMatchObject({ width: 1, height: 1 });
  });

  it('is never made larger', async () => {
    const file = await picture('a.png', 'image/png', [40, 20]);
    const { result, blob } = await converted(file, { format: 'webp', maxWidth: 4000, maxHeight: 4000 });
    expect(result).toMatchObject({ width: 40, height: 20 });
    expect((await corners(blob)).size).toBe('40x20');
  });

  it('reduced sixteen times is an average of what was there, not a sample of it', async () => {
    const stripes = await picture('a.png', 'image/png', [1024, 1024], (context) => {
      for (let x = 0; x < 1024; x += 2) context.fillRect(x, 0, 1, 1024);
    });
    const { blob } = await converted(stripes, { format: 'jpeg', maxWidth: 64 });
    const [gray = 0] = await pixel(blob, 30, 30);
    expect(gray).toBeGreaterThan(100);
    expect(gray).toBeLessThan(156);
  });
});

describe('the way by halves, for a browser that only samples', () => {
  it('halves until the size is near, so that no pixel is skipped', async () => {
    const steps = vi.spyOn(globalThis, 'createImageBitmap');
    onTestFinished(() => steps.mockRestore());
    await byHalves(await createImageBitmap(new ImageData(1000, 10)), { width: 7, height: 1 });
    const widths = steps.mock.calls.map((call: unknown[]) => (call[1] as ImageBitmapOptions | undefined)?.resizeWidth);
    expect(widths).toEqual([undefined, 500, 250, 125, 63, 32, 16, 8, 7]);
  });

  it('comes to the exact size, however odd, and closes what it was given', async () => {
    for (const size of [
      { width: 100, height: 300 },
      { width: 1, height: 3 },
      { width: 333, height: 1000 },
    ]) {
      const whole = await createImageBitmap(new ImageData(333, 1001));
      const { width, height } = await byHalves(whole, size);
      expect({ width, height }).toEqual(size);
      expect(whole.width).toBe(0);
    }
  });
});

describe('quality', () => {
  for (const format of ['webp', 'jpeg'] as const) {
    it(`makes ${format} smaller when it is lower, and is 80 by default`, async () => {
      const file = await picture('a.png', 'image/png', [200, 200], noise);
      const size = async (quality?: number): Promise<number> => (await converted(file, { format, quality })).blob.size;
      expect(await size(20)).toBeLessThan((await size(90)) / 2);
      expect(await size()).toBe(await size(80));
    });
  }
});

describe('transparency', () => {
  const dot = (): Promise<File> => picture('a.png', 'image/png', [8, 8], (context) => context.clearRect(0, 0, 8, 8));

  it('is white in a JPEG, which has none', async () => {
    expect(await pixel((await converted(await dot(), { format: 'jpeg' })).blob, 4, 4)).toEqual([255, 255, 255, 255]);
  });

  it('stays in WebP and PNG', async () => {
    for (const format of ['webp', 'png'] as const) {
      expect((await pixel((await converted(await dot(), { format })).blob, 4, 4))[3]).toBe(0);
    }
  });
});

describe('metadata', () => {
  for (const format of ['jpeg', 'png', 'webp'] as const) {
    it(`is kept in ${format} when asked for, says upright, and the picture still opens`, async () => {
      const source = await photo('IMG.JPG', [64, 32], 6);
      const { blob } = await converted(source, { format, metadata: 'keep', maxWidth: 16 });
      const block = exifOf(new Uint8Array(await blob.arrayBuffer())) ?? new Uint8Array();
      expect(readTags(block)).toMatchObject({ make: 'Errand', orientation: 1, pixelWidth: 16, pixelHeight: 32 });
      expect(await corners(blob)).toEqual({ size: '16x32', colors: 'BRYG' });
    });

    it(`is not in ${format} otherwise`, async () => {
      const { blob } = await converted(await photo('IMG.JPG', [64, 32], 6), { format });
      expect(exifOf(new Uint8Array(await blob.arrayBuffer()))).toBeUndefined();
    });
  }

  it('keeps the transparency of a WebP that it is put into', async () => {
    const clear = await picture('a.png', 'image/png', [8, 8], (context) => context.clearRect(0, 0, 8, 8));
    const exif = exifOf(new Uint8Array(await (await photo('b.jpg', [8, 8], 1)).arrayBuffer())) ?? new Uint8Array();
    const { pngWithExif } = await import('../../src/handlers/image-convert/container/png.ts');
    const source = new File(pngWithExif(new Uint8Array(await clear.arrayBuffer()), exif), 'a.png');
    const { blob } = await converted(source, { format: 'webp', metadata: 'keep' });
    expect(exifOf(new Uint8Array(await blob.arrayBuffer()))).toBeDefined();
    expect((await pixel(blob, 4, 4))[3]).toBe(0);
  });
});

describe('a bad file', () => {
  it('that is no image says so, and its neighbours are converted', async () => {
    for (const file of [new File(['hello'], 'a.txt'), new File([], 'empty.png'), new File(['<svg/>'], 'a.svg')]) {
      expect(await resultOf(file, { format: 'webp' })).toMatchObject({
        ok: false,
        name: file.name,
        code: 'not-an-image',
      });
    }
  });

  it('that was cut short says so, wherever it was cut', async () => {
    const whole = await photo('a.jpg', [64, 64], 1);
    for (const share of [0.05, 0.3, 0.5, 0.9]) {
      const file = new File([whole.slice(0, Math.floor(whole.size * share))], 'a.jpg');
      expect(await resultOf(file, { format: 'webp' })).toMatchObject({ ok: false, code: 'not-an-image' });
    }
  });

  it('that would unfold into gigabytes is turned away before it is decoded', async () => {
    const decode = vi.spyOn(globalThis, 'createImageBitmap');
    onTestFinished(() => decode.mockRestore());
    for (const bytes of [pngFrame(50_000, 50_000), jpegFrame(65_500, 65_500)]) {
      const task = fakeTask();
      const error = await failure(convert(task, [new File([bytes], 'bomb')], { format: 'webp' }));
      expect(error).toMatchObject({ code: 'too-large', retryable: false });
    }
    expect(decode).not.toHaveBeenCalled();
  });

  it('that is gone says so', async () => {
    const task = fakeTask();
    const good = task.keep(await picture('good.png', 'image/png', [4, 4]));
    const { results } = await task.run(imageConvert, { files: [task.missing('b.png'), good], format: 'png' });
    expect(results[0]).toMatchObject({ ok: false, name: 'b.png', code: 'file-missing' });
  });

  it('too wide for WebP is not cropped but refused', async () => {
    const file = await picture('wide.png', 'image/png', [16_384, 2]);
    expect(await resultOf(file, { format: 'webp' })).toMatchObject({ ok: false, code: 'too-large' });
    expect(await resultOf(file, { format: 'jpeg' })).toMatchObject({ ok: true, width: 16_384 });
  });
});

describe('a format', () => {
  it('is listed as supported if, and only if, the browser really writes it', async () => {
    const formats = await supportedImageFormats();
    for (const format of IMAGE_FORMATS) {
      const canvas = new OffscreenCanvas(1, 1);
      canvas.getContext('2d');
      const { type } = await canvas.convertToBlob({ type: `image/${format}` });
      expect(formats.includes(format)).toBe(type === `image/${format}`);
    }
    expect(formats).toContain('png');
  });

  it('that the browser cannot write fails with its name and what to choose, and never gives a PNG', async () => {
    const formats = await supportedImageFormats();
    if (formats.includes('avif')) return;
    const task = fakeTask();
    const error = await failure(convert(task, [await picture('a.png', 'image/png', [4, 4])], { format: 'avif' }));
    expect(error).toMatchObject({ code: 'format-unsupported', retryable: false });
    expect(error).toMatchObject({ message: expect.stringMatching(/AVIF.*WebP or JPEG or PNG/) as string });
    expect(task.artifactNames).toEqual([]);
  });

  it('that the browser silently replaces is noticed', async () => {
    const bitmap = await createImageBitmap(await picture('a.png', 'image/png', [4, 4]));
    const fake = vi
      .spyOn(OffscreenCanvas.prototype, 'convertToBlob')
      .mockResolvedValue(new Blob([], { type: 'image/png' }));
    onTestFinished(() => fake.mockRestore());
    await expect(encode(bitmap, { format: 'webp', quality: 80, metadata: 'strip' })).rejects.toThrow(
      'cannot write WebP',
    );
  });
});

describe('a batch', () => {
  it('gives results in order, sums, and a zip that opens and holds each picture under its name', async () => {
    const task = fakeTask();
    const files = [
      await photo('IMG_1.HEIC', [64, 32], 3),
      new File(['no'], 'no.png'),
      await picture('img_1.png', 'image/png', [9, 9]),
    ];
    const output = await convert(task, files, { format: 'webp' });
    expect(output.results.map((result) => (result.ok ? result.file.name : result.code))).toEqual([
      'IMG_1.webp',
      'not-an-image',
      'img_1 (2).webp',
    ]);
    expect(output).toMatchObject({ converted: 2, failed: 1 });
    const done = output.results.filter((result) => result.ok);
    expect(output.savedBytes).toBe(done.reduce((sum, { from, file }) => sum + from.size - file.size, 0));
    if (output.zip === null) throw new Error('no zip');
    const unzipped = unzipSync(await task.bytes(output.zip));
    expect(Object.keys(unzipped)).toEqual(['IMG_1.webp', 'img_1 (2).webp']);
    for (const { file } of done) expect(unzipped[file.name]).toEqual(await task.bytes(file));
    expect(task.progress).toEqual(['packing the zip']);
  });

  it('of one picture needs no zip', async () => {
    const task = fakeTask();
    const { zip } = await convert(task, [await picture('a.png', 'image/png', [4, 4])], { format: 'webp' });
    expect(zip).toBeNull();
    expect(task.artifactNames).toEqual(['a.webp']);
  });

  it('in which nothing is an image fails for good', async () => {
    const error = await failure(convert(fakeTask(), [new File(['a'], 'a'), new File(['b'], 'b')], { format: 'webp' }));
    expect(error).toMatchObject({
      code: 'not-an-image',
      retryable: false,
      message: 'None of the 2 files is an image that this browser can read.',
    });
  });

  it('fails, to be retried, when the disk is full: that is not the fault of a file', async () => {
    const task = fakeTask();
    task.failArtifacts = new ErrandError('quota-exceeded');
    const error = await failure(convert(task, [await picture('a.png', 'image/png', [4, 4])], { format: 'webp' }));
    expect(error).toMatchObject({ code: 'quota-exceeded', retryable: true });
  });

  it('stops when it is cancelled', async () => {
    const task = fakeTask();
    task.abort.abort(new ErrandError('cancelled'));
    const error = await failure(convert(task, [await picture('a.png', 'image/png', [4, 4])], { format: 'webp' }));
    expect(error).toMatchObject({ code: 'cancelled' });
    expect(task.artifactNames).toEqual([]);
  });
});

describe('memory', () => {
  it('is given back: no bitmap stays open after a picture, good or bad', async () => {
    const opened: ImageBitmap[] = [];
    const real = globalThis.createImageBitmap;
    const spy = vi.spyOn(globalThis, 'createImageBitmap').mockImplementation(async (...args: unknown[]) => {
      const bitmap = await (real as (...all: unknown[]) => Promise<ImageBitmap>)(...args);
      opened.push(bitmap);
      return bitmap;
    });
    onTestFinished(() => spy.mockRestore());
    await resultOf(await photo('a.jpg', [64, 32], 6), { format: 'webp', maxWidth: 16 });
    await resultOf(await picture('wide.png', 'image/png', [16_384, 2]), { format: 'webp' });
    expect(opened.length).toBeGreaterThan(3);
    expect(opened.every(({ width }) => width === 0)).toBe(true);
  });

  it('of a picture that needs no resizing is not taken twice', async () => {
    const bitmap = await createImageBitmap(await picture('a.png', 'image/png', [8, 4]));
    expect(await resized(bitmap, fit(bitmap, {}))).toBe(bitmap);
  });
});
