// The zip opens elsewhere and holds what was put in, is read one entry at a time, and knows sizes past 4 GB.

import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/task/crc32.ts';
import { directoryRecord, endRecords, type ZipEntry, zipStream } from '../../src/task/zip.ts';

const entry = (name: string, content: string): ZipEntry => ({
  name,
  modifiedAt: Date.UTC(2024, 5, 1, 12),
  open: () => Promise.resolve(new Blob([content])),
});

const never = new AbortController().signal;

describe('a zip', () => {
  it('gives back every entry, with names in any script', async () => {
    const stream = zipStream([entry('a.webp', 'one'), entry('Ünï 日本 😀.webp', 'two'), entry('empty', '')], never);
    const files = unzipSync(new Uint8Array(await new Response(stream).arrayBuffer()));
    const texts = Object.entries(files).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]);
    expect(texts).toEqual([
      ['a.webp', 'one'],
      ['Ünï 日本 😀.webp', 'two'],
      ['empty', ''],
    ]);
  });

  it('opens an entry only when the one before has been taken', async () => {
    const opened: string[] = [];
    const entries = ['a', 'b', 'c'].map((name) => ({
      ...entry(name, name),
      open: () => {
        opened.push(name);
        return Promise.resolve(new Blob([name]));
      },
    }));
    const reader = zipStream(entries, never).getReader();
    expect(opened).toEqual([]);
    await reader.read();
    await reader.read();
    expect(opened).toEqual(['a']);
    await reader.read();
    expect(opened).toEqual(['a', 'b']);
    await reader.cancel();
  });

  it('is the same for a large entry, which is never in memory whole', async () => {
    const bytes = new Uint8Array(17 * 1024 * 1024).map((_, i) => i % 251);
    const large = new Blob([bytes]);
    large.arrayBuffer = () => Promise.reject(new Error('whole'));
    const stream = zipStream([{ ...entry('large', ''), open: () => Promise.resolve(large) }, entry('b', 'b')], never);
    const files = unzipSync(new Uint8Array(await new Response(stream).arrayBuffer()));
    expect(Object.keys(files)).toEqual(['large', 'b']);
    expect(crc32(files.large ?? new Uint8Array())).toBe(crc32(bytes));
  });

  it('refuses an entry of 4 GB', async () => {
    const huge = Object.assign(new Blob([]), { nothing: true });
    Object.defineProperty(huge, 'size', { value: 2 ** 32 });
    const stream = zipStream([{ ...entry('huge', ''), open: () => Promise.resolve(huge) }], never);
    await expect(new Response(stream).blob()).rejects.toMatchObject({ code: 'file-too-large' });
  });

  it('errors with the cause when an entry is gone or the task is cancelled', async () => {
    const gone = { ...entry('a', ''), open: () => Promise.reject(new Error('gone')) };
    await expect(new Response(zipStream([gone], never)).blob()).rejects.toThrow('gone');
    const aborted = AbortSignal.abort(new Error('cancelled'));
    await expect(new Response(zipStream([entry('a', 'a')], aborted)).blob()).rejects.toThrow('cancelled');
  });

  it('puts an offset past 4 GB where zip64 wants it', () => {
    const offset = 5 * 2 ** 30 + 7;
    const record = directoryRecord({ name: new Uint8Array(3), modifiedAt: 0, crc: 1, size: 2, offset });
    const view = new DataView(record.buffer);
    expect(view.getUint32(42, true)).toBe(0xffffffff);
    expect(view.getUint16(30, true)).toBe(12);
    expect(view.getUint16(49, true)).toBe(1);
    expect(view.getBigUint64(53, true)).toBe(BigInt(offset));
  });

  it('ends with zip64 records when its directory lies past 4 GB, and only then', () => {
    const start = 6 * 2 ** 30;
    const view = new DataView(endRecords(3, start, 200).buffer);
    expect(view.getUint32(0, true)).toBe(0x06064b50);
    expect(view.getBigUint64(48, true)).toBe(BigInt(start));
    expect(view.getUint32(56, true)).toBe(0x07064b50);
    expect(view.getBigUint64(64, true)).toBe(BigInt(start + 200));
    expect(view.getUint32(76, true)).toBe(0x06054b50);
    expect(endRecords(3, 1000, 200).length).toBe(22);
  });
});
