// Runs in the page: photos of no place, drawn, for a batch to be seen at work.

/**
 * @param {{ count: number, width: number, height: number }} wanted
 * @returns {Promise<string>} The id of the task that converts them.
 */
export async function convertLandscapes({ count, width, height }) {
  const { errand } = /** @type {{ errand: import('../../src/index.ts').Runner }} */ (/** @type {unknown} */ (window));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('No canvas.');
  const files = [];
  for (let n = 0; n < count; n++) {
    const hue = (n * 47 + 215) % 360;
    const sky = context.createLinearGradient(0, 0, 0, height * 0.7);
    sky.addColorStop(0, `hsl(${hue} 55% 45%)`);
    sky.addColorStop(1, `hsl(${(hue + 190) % 360} 70% 82%)`);
    context.fillStyle = sky;
    context.fillRect(0, 0, width, height);
    context.fillStyle = `hsl(${(hue + 180) % 360} 90% 85%)`;
    context.beginPath();
    context.arc(width * (0.1 + ((n * 0.37) % 0.8)), height * (0.2 + ((n * 0.13) % 0.2)), height * 0.08, 0, 7);
    context.fill();
    for (let ridge = 0; ridge < 5; ridge++) {
      context.fillStyle = `hsl(${(hue + ridge * 6) % 360} ${45 + ridge * 5}% ${52 - ridge * 10}%)`;
      context.beginPath();
      context.moveTo(0, height);
      for (let x = 0; x <= width; x += width / 150) {
        const wave =
          Math.sin((x / width) * (7 + ridge * 3) + n * 1.7 + ridge) + Math.sin((x / width) * 23 + n + ridge * 2) / 3;
        context.lineTo(x, height * (0.5 + ridge * 0.1 - wave * 0.05));
      }
      context.lineTo(width, height);
      context.fill();
    }
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
    files.push(new File([blob], `IMG_${2041 + n * 3}.jpg`, { type: 'image/jpeg' }));
  }
  const options = { name: `${count} photos to WebP` };
  const { id } = await errand.enqueue('image.convert', { files, format: 'webp', maxWidth: 1600, quality: 80 }, options);
  return id;
}
