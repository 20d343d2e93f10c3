// Builds and serves the pages of the kill matrix, always on the same port. The handlers' reports come in there, too, and
// so does the trivial service worker whose stopping is a part of the matrix.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { build, type InlineConfig, preview } from 'vite';
import { ROOT } from '../support/paths.ts';
import type { Recorded, Start } from './protocol.ts';

const SERVICE_WORKER = `self.oninstall = () => self.skipWaiting();
self.onactivate = (event) => event.waitUntil(self.clients.claim());
self.onfetch = () => undefined;
`;

/** What is reported to. Whoever begins a part is told to go on, or to die. */
export interface Desk {
  started(start: Start): 'go' | 'die';
  recorded(recorded: Recorded): void;
}

export interface Stage {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** What a page's own module is called, so that nobody has to look for it: see page/main.ts. */
const config: InlineConfig = {
  configFile: false,
  root: join(ROOT, 'test/kill/page'),
  cacheDir: join(ROOT, 'node_modules/.vite/kill'),
  publicDir: false,
  logLevel: 'warn',
  build: { outDir: join(ROOT, 'dist/kill'), emptyOutDir: true },
  worker: { format: 'es' },
};

export async function buildPages(): Promise<void> {
  process.env.NODE_ENV = 'production';
  await build(config);
}

/** Serves on a port, or on any that is free if it is 0. */
export async function serveStage(port: number, desk: Desk): Promise<Stage> {
  const server = await preview({
    ...config,
    preview: { host: '127.0.0.1', port, strictPort: true },
    plugins: [
      {
        name: 'kill:ledger',
        configurePreviewServer({ middlewares }) {
          middlewares.use('/ledger', (request, response) => void take(request, response, desk));
          middlewares.use('/sw.js', (_, response) => {
            response.writeHead(200, { 'content-type': 'text/javascript' }).end(SERVICE_WORKER);
          });
        },
      },
    ],
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}/`, port: address.port, close: () => server.close() };
}

async function take(request: IncomingMessage, response: ServerResponse, desk: Desk): Promise<void> {
  try {
    const body = await textOf(request);
    const answer = request.url === '/start' ? desk.started(JSON.parse(body) as Start) : 'go';
    if (request.url === '/recorded') desk.recorded(JSON.parse(body) as Recorded);
    response.writeHead(200, { 'content-type': 'text/plain' }).end(answer);
  } catch {
    response.destroy(); // The browser was killed in the middle of its report.
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
