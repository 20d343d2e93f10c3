// A batch of photos through the real `image.convert`: does a second slot make use of the second core?

import { imageConvert } from '../../../src/handlers/index.ts';
import type { Runner } from '../../../src/index.ts';
import { deleteDatabase, errandDatabase } from './database.ts';
import { both, type First, newName, type Round, startRunner } from './measure.ts';

const WIDTH = 4_000;
const HEIGHT = 3_000;
const PHOTOS = 12;
const OPTIONS = { format: 'webp', maxWidth: 1_600 } as const;

let drawing: Promise<Blob> | undefined;

export async function photos(first: First): Promise<Round> {
  const photo = await (drawing ??= draw());
  const sides = { ours: () => photosPerSecond(2, photo), limit: () => photosPerSecond(1, photo) };
  return { photos: await both(first, sides) };
}

/** From when the photos are copied in until all are converted and the zip is packed. The slots have started before. */
async function photosPerSecond(slots: number, photo: Blob): Promise<number> {
  const database = newName();
  const runner = await startRunner(database, slots);
  await (await enqueue(runner, photo, 2 * slots)).result();
  const task = await enqueue(runner, photo, PHOTOS);
  const before = performance.now();
  const { converted } = await task.result();
  const ms = performance.now() - before;
  await runner.close();
  await deleteDatabase(errandDatabase(database));
  if (converted !== PHOTOS) throw new Error(`Only ${converted} of ${PHOTOS} photos were converted.`);
  return (PHOTOS / ms) * 1_000;
}

function enqueue(runner: Runner, photo: Blob, count: number) {
  const files = Array.from({ length: count }, (_, n) => new File([photo], `photo-${n}.jpg`, { type: 'image/jpeg' }));
  return runner.enqueue(imageConvert, { files, ...OPTIONS });
}

/** Twelve megapixels of soft colours under a little noise, so that a codec has to work as with a real one. */
async function draw(): Promise<Blob> {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('There is no canvas.');
  const sky = context.createLinearGradient(0, 0, WIDTH, HEIGHT);
  for (const [i, colour] of ['#123', '#c84', '#fe9', '#4a7', '#036'].entries()) sky.addColorStop(i / 4, colour);
  context.fillStyle = sky;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  for (let i = 0; i < 400; i++) {
    context.fillStyle = `hsl(${(i * 47) % 360} 60% 50% / 0.4)`;
    context.beginPath();
    context.arc((i * 997) % WIDTH, (i * 613) % HEIGHT, 20 + ((i * 31) % 200), 0, 2 * Math.PI);
    context.fill();
  }
  const image = context.getImageData(0, 0, WIDTH, HEIGHT);
  const noise = crypto.getRandomValues(new Uint8Array(65_521));
  image.data.forEach((value, i) => {
    image.data[i] = i % 4 === 3 ? 255 : value + ((noise[i % noise.length] ?? 0) >> 4) - 8;
  });
  context.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}
