// Real pictures, painted and encoded by the browser under test.

import { jpegWithExif } from '../../../src/handlers/image-convert/container/jpeg.ts';
import { exifBlock } from './exif.ts';

export type Corners = string;
const COLORS = { R: '#f00', G: '#0f0', B: '#00f', Y: '#ff0' };

type Paint = (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => void;

/** Red and green above, blue and yellow below. */
export const fourCorners: Paint = (context, width, height) => {
  Object.values(COLORS).forEach((color, index) => {
    context.fillStyle = color;
    context.fillRect((index % 2) * (width / 2), (index >> 1) * (height / 2), width / 2, height / 2);
  });
};

/** Much detail, so that quality shows in the size. */
export const noise: Paint = (context, width, height) => {
  const image = context.createImageData(width, height);
  let seed = 1;
  for (let at = 0; at < image.data.length; at++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    image.data[at] = at % 4 === 3 ? 255 : seed >> 23;
  }
  context.putImageData(image, 0, 0);
};

export async function picture(
  name: string,
  type: string,
  size: [number, number],
  paint: Paint = fourCorners,
): Promise<File> {
  const canvas = new OffscreenCanvas(...size);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  paint(context, ...size);
  const blob = await canvas.convertToBlob({ type, quality: 0.95 });
  return new File([blob], name, { type });
}

/** A photo as a camera writes it: EXIF first, no JFIF segment. */
export async function photo(name: string, size: [number, number], orientation: number): Promise<File> {
  const plain = new Uint8Array(await (await picture(name, 'image/jpeg', size)).arrayBuffer());
  const [start, exif, rest] = jpegWithExif(plain, exifBlock({ orientation }));
  if (start === undefined || exif === undefined || rest === undefined) throw new Error('no room for EXIF');
  return new File([start.slice(0, 2), exif, rest], name, { type: 'image/jpeg' });
}

/** The four corners of a picture as letters, row by row; `?` for any other colour. */
export async function corners(blob: Blob): Promise<{ size: string; colors: Corners }> {
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  const places: [number, number][] = [[1, 1], [width - 2, 1], [1, height - 2], [width - 2, height - 2]]; // prettier-ignore
  const colors = await Promise.all(places.map(async ([x, y]) => letter(await pixel(blob, x, y))));
  return { size: `${width}x${height}`, colors: colors.join('') };
}

export async function pixel(blob: Blob, x: number, y: number): Promise<number[]> {
  const bitmap = await createImageBitmap(blob);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  if (context === null) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  return [...context.getImageData(x, y, 1, 1).data];
}

function letter([red = 0, green = 0, blue = 0]: number[]): string {
  const near = (value: number, wanted: boolean): boolean => (wanted ? value > 190 : value < 65);
  const match = Object.entries({ R: [1, 0, 0], G: [0, 1, 0], B: [0, 0, 1], Y: [1, 1, 0] }).find(([, wanted]) =>
    [red, green, blue].every((value, index) => near(value, wanted[index] === 1)),
  );
  return match?.[0] ?? '?';
}
