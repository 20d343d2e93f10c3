// Things that a handler may throw, return or hand over, and had better not.

import type { Odd } from './acts.ts';

export const ODD: Record<Odd, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  empty: () => '',
  text: () => 'just text',
  symbol: () => Symbol('odd'),
  function: () => () => undefined,
  revoked: () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  spiky: () => ({
    get message(): string {
      throw new Error('a getter with a mind of its own');
    },
  }),
  holder: () => ({ holds: [() => undefined] }),
  functions: () => [() => undefined],
  bare: () => Object.assign(Object.create(null) as object, { holds: () => undefined }),
  set: () => new Set([1, 2]),
  number: () => 5,
  /** One thread can send it, and the next one cannot take it in. */
  deep: () => {
    let value: unknown = 1;
    for (let i = 0; i < 3_000; i++) value = [value];
    return value;
  },
};

/** A stream that ends half way, as a connection does. */
export function breakingStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(1_000));
    },
    pull(controller) {
      controller.error(new Error('the stream broke'));
    },
  });
}
