// A real HTTP server that answers each request in a mood that it was told, for the browser's tests of the outbox.
// Beside it stands another, which is the portal that a network puts in its place.

import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    moodyServer: string;
  }
}

/** One request as it arrived. */
export interface Arrived {
  mood: string;
  method: string;
  key: string | null;
  authorization: string | null;
  body: string;
}

export interface Box {
  arrived: Arrived[];
  /** So often each key was taken in: a server that keeps keys does so once. */
  taken: Record<string, number>;
}

const boxes = new Map<string, Box>();
const arrivals = new EventEmitter().setMaxListeners(0);
const PAGE = '<!doctype html><title>Free Wi-Fi</title>Accept our terms';

export interface MoodyServer {
  readonly url: string;
  readonly boxes: ReadonlyMap<string, Box>;
  /** Resolves once what has arrived holds, with each request looked at anew. */
  until(holds: () => boolean): Promise<void>;
  /** Stops listening and cuts every connection. To come back, start again on the same port: the boxes are kept. */
  close(): Promise<void>;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startMoodyServer();
  project.provide('moodyServer', server.url);
  return () => server.close();
}

export async function startMoodyServer(port = 0): Promise<MoodyServer> {
  const portal = await listen(
    createServer((_, response) => answer(response, 200, 'text/html', PAGE)),
    0,
  );
  const server = await listen(
    createServer((request, response) => {
      handle(request, response, addressOf(portal)).catch(() => response.destroy());
    }),
    port,
  );
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return;
        arrivals.off('arrived', look);
        resolve();
      };
      arrivals.on('arrived', look);
      look();
    });
  const close = async () => {
    for (const each of [server, portal]) {
      each.closeAllConnections();
      await new Promise((resolve) => each.close(resolve));
    }
  };
  return { url: addressOf(server), boxes, until, close };
}

function listen(server: Server, port: number): Promise<Server> {
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** `/<box>/<mood>,<mood>,...`: the nth request of a box meets the nth mood. `/<box>` says what has arrived. */
async function handle(request: IncomingMessage, response: ServerResponse, portal: string): Promise<void> {
  if (request.method === 'OPTIONS') {
    answer(response, 204, '', '');
    return;
  }
  const [, name = '', moods = ''] = (request.url ?? '').split('/');
  const box = boxes.get(name) ?? { arrived: [], taken: {} };
  boxes.set(name, box);
  if (moods === '') {
    answer(response, 200, 'application/json', JSON.stringify(box));
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const mood = moods.split(',')[box.arrived.length] ?? 'ok';
  const { 'idempotency-key': key = null, authorization = null } = request.headers;
  const body = Buffer.concat(chunks).toString();
  box.arrived.push({ mood, method: request.method ?? '', key: key as string | null, authorization, body });
  if (['ok', 'slow', 'lost'].includes(mood) && box.taken[String(key)] === undefined) box.taken[String(key)] = 1;
  act(mood, response, portal);
  arrivals.emit('arrived');
}

function act(mood: string, response: ServerResponse, portal: string): void {
  const json = JSON.stringify({ taken: true });
  switch (mood) {
    case 'drop':
    case 'lost':
      response.destroy();
      return;
    case 'half':
      response.writeHead(200, { ...OPEN, 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"taken":', () => response.destroy());
      return;
    case 'slow':
      setTimeout(() => answer(response, 200, 'application/json', json), 300);
      return;
    case 'never':
      return;
    case 'portal':
      answer(response, 302, 'text/html', '', { location: `${portal}/welcome` });
      return;
    case 'page':
      answer(response, 200, 'text/html', PAGE);
      return;
    case 'large':
      answer(response, 200, 'text/plain', 'x'.repeat(300_000));
      return;
    case '429':
      answer(response, 429, 'text/plain', 'too many', { 'retry-after': '1' });
      return;
    case 'ok':
      answer(response, 200, 'application/json', json);
      return;
    default:
      answer(response, Number(mood), 'text/plain', `mood ${mood}`);
  }
}

const OPEN = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, authorization',
  'access-control-allow-methods': '*',
  'access-control-expose-headers': '*',
  'access-control-max-age': '600',
};

function answer(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...OPEN, ...(type !== '' && { 'content-type': type }), ...headers });
  response.end(text);
}
