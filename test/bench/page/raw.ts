// The page's side of raw.worker.ts: one call at a time.

import type { RawCalls } from './raw.worker.ts';

export class Raw {
  readonly #worker = new Worker(new URL('./raw.worker.ts', import.meta.url), { type: 'module' });

  call<K extends keyof RawCalls>(call: K, ...args: Parameters<RawCalls[K]>): Promise<Awaited<ReturnType<RawCalls[K]>>> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({
        data,
      }: MessageEvent<{ value: Awaited<ReturnType<RawCalls[K]>>; error?: string }>) => {
        if (data.error === undefined) resolve(data.value);
        else reject(new Error(data.error));
      };
      this.#worker.onerror = (event) => reject(new Error(event.message));
      this.#worker.postMessage({ call, args });
    });
  }

  end(): void {
    this.#worker.terminate();
  }
}
