// Real photos for journeys: drawn in the browser, encoded by it, and handed to its own file picker.

import type { Page } from 'playwright-core';

export interface Photo {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** Draws so many JPEG photos of the given size, each with noise of its own so that they take some work. */
export async function drawPhotos(page: Page, count: number, width: number, height: number): Promise<Photo[]> {
  const encoded = await page.evaluate(draw, { count, width, height });
  return encoded.map((base64, i) => ({
    name: `photo-${i + 1}.jpg`,
    mimeType: 'image/jpeg',
    buffer: Buffer.from(base64, 'base64'),
  }));
}

/** Runs in the page. */
async function draw({ count, width, height }: { count: number; width: number; height: number }): Promise<string[]> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('No canvas.');
  const photos: string[] = [];
  for (let i = 0; i < count; i++) {
    const gradient = context.createLinearGradient(0, 0, width, height);
    gradient.addColorStop(0, `hsl(${(i * 47) % 360} 80% 60%)`);
    gradient.addColorStop(1, `hsl(${(i * 47 + 120) % 360} 80% 30%)`);
    context.fillStyle = gradient;
    context.fillRect(0, 0, width, height);
    for (let n = 0; n < 3_000; n++) {
      context.fillStyle = `hsl(${(n * 7) % 360} 60% 50% / 0.4)`;
      context.fillRect((n * 7919 * (i + 1)) % width, (n * 104_729) % height, 40, 25);
    }
    const bytes = new Uint8Array(
      await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })).arrayBuffer(),
    );
    let binary = '';
    for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
    photos.push(btoa(binary));
  }
  return photos;
}

/** Chooses the files by the button of that name, as a person would. */
export async function choose(page: Page, button: string, files: readonly Photo[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: button, exact: true }).click();
  await (await chooser).setFiles(files.map((file) => ({ ...file })));
}
