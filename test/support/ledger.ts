// A record kept outside the browser, so that no crash of it can take it along: what handlers started, and in which life.

import { createServer } from 'node:http';

export interface Start {
  key: string;
  life: number;
  nonce: string;
}

export interface Ledger {
  readonly url: string;
  readonly starts: Start[];
  /** The ids of tasks whose enqueue resolved. */
  readonly acknowledged: Set<string>;
  /** The browser's lives are counted, so that a second start in one life can be told. */
  life: number;
  /** Resolves once so many starts were noted in all. */
  reached(starts: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a ledger on 127.0.0.1. `GET /start?key=&nonce=` and `GET /ack?id=` write in it. */
export async function openLedger(): Promise<Ledger> {
  const starts: Start[] = [];
  const acknowledged = new Set<string>();
  const waiting: { starts: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://ledger');
    if (pathname === '/start') {
      starts.push({ key: searchParams.get('key') ?? '', nonce: searchParams.get('nonce') ?? '', life: ledger.life });
      for (const each of waiting) if (starts.length >= each.starts) each.resolve();
    }
    if (pathname === '/ack') for (const id of searchParams.getAll('id')) acknowledged.add(id);
    response.writeHead(204, { 'access-control-allow-origin': '*' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ledger: Ledger = {
    url: `http://127.0.0.1:${port}`,
    starts,
    acknowledged,
    life: 0,
    reached: (count) =>
      new Promise((resolve) => {
        if (starts.length >= count) resolve();
        else waiting.push({ starts: count, resolve });
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  return ledger;
}
