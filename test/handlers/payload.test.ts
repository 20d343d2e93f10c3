// What may be asked of image.convert, and how a refusal names the field at fault.

import { describe, expect, it } from 'vitest';
import { IMAGE_CONVERT, imageConvert } from '../../src/handlers/index.ts';

const file = { $type: 'file', id: '1', name: 'a.png', type: '', size: 1, lastModified: 0 };

async function refusedField(payload: unknown): Promise<unknown> {
  const result = await imageConvert.payload?.['~standard'].validate(payload);
  return result?.issues?.[0]?.path?.map((part) => (typeof part === 'object' ? part.key : part)).join('.') ?? 'accepted';
}

describe('the payload', () => {
  it('is taken with nothing but files and a format', async () => {
    expect(imageConvert.type).toBe(IMAGE_CONVERT);
    expect(await refusedField({ files: [file], format: 'webp' })).toBe('accepted');
    const all = { files: [file], format: 'jpeg', maxWidth: 1600, maxHeight: 16_384, quality: 1, metadata: 'keep' };
    expect(await refusedField(all)).toBe('accepted');
  });

  const bad: [field: string, change: Record<string, unknown>][] = [
    ['files', { files: [] }],
    ['files', { files: Array.from({ length: 20_001 }, () => file) }],
    ['files.0', { files: ['a.png'] }],
    ['files.0', { files: [{ ...file, name: 7 }] }],
    ['format', { format: 'gif' }],
    ['maxWidth', { maxWidth: 0 }],
    ['maxWidth', { maxWidth: 16_385 }],
    ['maxHeight', { maxHeight: 1.5 }],
    ['quality', { quality: 101 }],
    ['quality', { quality: Number.NaN }],
    ['metadata', { metadata: 'some' }],
    ['metadata', { metadata: 'keep', format: 'avif' }],
    ['qualty', { qualty: 80 }],
  ];
  for (const [field, change] of bad) {
    it(`is refused at ${field} for ${JSON.stringify(change).slice(0, 60)}`, async () => {
      expect(await refusedField({ files: [file], format: 'webp', ...change })).toBe(field);
    });
  }
});
