// Somebody else's site: its pages, under its policy, and another origin where the element's file lies.

import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { ROOT } from './paths.ts';

export interface Hosts {
  /** A page of the site's with this in its body. */
  page(body: string, options?: PageOptions): string;
  /** The element's file, on the site itself and elsewhere; and the same of another version. */
  readonly own: string;
  readonly elsewhere: string;
  readonly other: string;
  /** Answers `hello` to whoever asks. */
  readonly hello: string;
  close(): Promise<void>;
}

export interface PageOptions {
  head?: string;
  /** Default: no policy at all. */
  policy?: 'strict';
}

export async function serveHosts(): Promise<Hosts> {
  const file = readFileSync(join(ROOT, 'dist/element/errand-board.js'), 'utf8');
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const cdn = await listen((_, response) => {
    send(response, 'text/javascript', file, { 'access-control-allow-origin': '*' });
  });
  const pages: { html: string; policy: string | undefined }[] = [];
  const site = await listen((path, response) => {
    const page = pages[Number(path.slice('/page/'.length))];
    if (path === '/errand-board.js') send(response, 'text/javascript', file);
    else if (path === '/other.js') send(response, 'text/javascript', file.replaceAll(version, '0.0.1-other'));
    else if (path === '/favicon.ico') response.writeHead(204).end();
    else if (path === '/hello') send(response, 'text/plain', 'hello');
    else if (page === undefined) response.writeHead(404).end();
    else send(response, 'text/html', page.html, page.policy === undefined ? {} : policyOf(page.policy));
  });
  const strict = [
    "default-src 'none'",
    `script-src 'self' ${cdn.url}`,
    "style-src 'self'",
    "worker-src 'self'",
    "connect-src 'self'",
    "img-src 'self' blob:",
  ].join('; ');
  return {
    page: (body, { head = '', policy } = {}) => {
      const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title>${head}<body>${body}`;
      const index = pages.push({ html, policy: policy && strict }) - 1;
      return `${site.url}/page/${index}`;
    },
    own: '/errand-board.js',
    elsewhere: `${cdn.url}/errand-board.js`,
    other: '/other.js',
    hello: `${site.url}/hello`,
    close: async () => {
      await Promise.all([site.close(), cdn.close()]);
    },
  };
}

async function listen(answer: (path: string, response: ServerResponse) => void) {
  const server: Server = createServer((request, response) => {
    answer((request.url ?? '/').split('?')[0] ?? '/', response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${address.port}`, close };
}

function send(response: ServerResponse, type: string, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': type, ...headers }).end(body);
}

function policyOf(policy: string): Record<string, string> {
  return { 'content-security-policy': policy };
}
