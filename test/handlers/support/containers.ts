// The smallest frames of pictures: headers without pixels, for what only looks at headers.

const letters = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const be = (value: number, length: number): number[] =>
  Array.from({ length }, (_, index) => Math.floor(value / 256 ** (length - 1 - index)) % 256);
const le = (value: number, length: number): number[] => be(value, length).reverse();

export function jpegFrame(width: number, height: number, before: number[] = []): Uint8Array<ArrayBuffer> {
  const jfif = [0xff, 0xe0, 0, 16, ...letters('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0];
  const frame = [0xff, 0xc0, 0, 11, 8, ...be(height, 2), ...be(width, 2), 1, 1, 0x11, 0];
  return Uint8Array.of(0xff, 0xd8, ...jfif, ...before, ...frame, 0xff, 0xda, 0, 2, 1, 2, 0xff, 0xd9);
}

export function pngFrame(width: number, height: number): Uint8Array<ArrayBuffer> {
  const header = [...be(13, 4), ...letters('IHDR'), ...be(width, 4), ...be(height, 4), 8, 6, 0, 0, 0, 0, 0, 0, 0];
  const end = [0, 0, 0, 0, ...letters('IEND'), 0xae, 0x42, 0x60, 0x82];
  return Uint8Array.of(0x89, ...letters('PNG\r\n'), 0x1a, 0x0a, ...header, ...end);
}

export function webpFrame(width: number, height: number, kind: 'VP8 ' | 'VP8L' | 'VP8X'): Uint8Array<ArrayBuffer> {
  const bits = width - 1 + (height - 1) * 2 ** 14;
  const bodies = {
    'VP8 ': [0x30, 1, 0, 0x9d, 1, 0x2a, ...le(width, 2), ...le(height, 2)],
    VP8L: [0x2f, ...le(bits, 4), 0, 0, 0, 0, 0],
    VP8X: [0, 0, 0, 0, ...le(width - 1, 3), ...le(height - 1, 3)],
  };
  const chunk = [...letters(kind), ...le(bodies[kind].length, 4), ...bodies[kind]];
  return Uint8Array.of(...letters('RIFF'), ...le(4 + chunk.length, 4), ...letters('WEBP'), ...chunk);
}

export function gifFrame(
  screen: [number, number],
  frame: [x: number, y: number, w: number, h: number],
): Uint8Array<ArrayBuffer> {
  const sizes = [...le(screen[0], 2), ...le(screen[1], 2)];
  const control = [0x21, 0xf9, 4, 0, 0, 0, 0, 0];
  return Uint8Array.of(
    ...letters('GIF89a'),
    ...sizes,
    0x80,
    0,
    0,
    0,
    0,
    0,
    1,
    1,
    1,
    ...control,
    0x2c,
    ...frame.flatMap((n) => le(n, 2)),
    0,
  );
}

export function bmpFrame(width: number, height: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...letters('BM'), ...le(0, 12), ...le(40, 4), ...le(width, 4), ...le(height >>> 0, 4));
}

export function avifFrame(...sizes: [number, number][]): Uint8Array<ArrayBuffer> {
  const type = [...be(20, 4), ...letters('ftypavif'), 0, 0, 0, 0, ...letters('mif1')];
  const boxes = sizes.flatMap(([w, h]) => [...be(20, 4), ...letters('ispe'), 0, 0, 0, 0, ...be(w, 4), ...be(h, 4)]);
  return Uint8Array.of(...type, ...boxes);
}
