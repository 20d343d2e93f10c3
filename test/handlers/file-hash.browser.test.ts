// F6: a file of some 150 MB, hashed in slots that die half way; and many, in all slots.

import { expect, test } from 'vitest';
import { createRunner, type TaskDetail } from '../../src/index.ts';
import { fileHash } from '../../src/handlers/index.ts';

const MB = 1_048_576;

test('F6 a large file’s hash goes on where a dead slot left it', async () => {
  const runner = await createRunner({
    worker: () => new Worker(new URL('./support/outbox.worker.ts', import.meta.url), { type: 'module' }),
    database: `test-${crypto.randomUUID()}`,
    maxConcurrent: 2,
  });
  const part = new Uint8Array(MB).map((_, i) => i * 7 + (i >> 8));
  const large = new File(Array<Uint8Array<ArrayBuffer>>(150).fill(part), 'large.bin');
  const small = new File(['abc'], 'small.txt');
  const { id } = await runner.enqueue(fileHash, { files: [large, small] });
  const first = await recorded(id);
  const channel = new BroadcastChannel('test:outbox');
  channel.postMessage('die');
  channel.close();
  expect(await runner.result(id)).toMatchObject({
    results: [{ hash: await sha256(large) }, { hash: await sha256(small) }],
  });
  const { steps, runs } = await runner.detail(id);
  expect(steps.map(({ name }) => name)).toEqual(['hash', 'hash, round 2', 'hash, round 3']);
  expect(steps[0]).toMatchObject({ startedAt: first?.startedAt, items: { done: 2 } });
  expect(JSON.stringify(runs)).toContain('interrupted');
  await runner.erase();
  await runner.close();

  /** Resolves with the first round, once it is recorded. */
  function recorded(task: string): Promise<TaskDetail['steps'][number] | undefined> {
    return new Promise((resolve) => {
      const stop = runner.watchDetail(task, (detail) => {
        const step = detail?.steps.find(({ name, status }) => name === 'hash' && status === 'completed');
        if (step === undefined) return;
        resolve(step);
        stop();
      });
    });
  }
});

async function sha256(file: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
