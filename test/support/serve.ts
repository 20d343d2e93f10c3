// Serves what was built, by the very rules of `npm start` (it is Vite's preview), and can be cut off for good.

import { preview } from 'vite';
import { ROOT } from './paths.ts';

export interface Served {
  /** Such as `http://127.0.0.1:41234`, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and cuts every connection. To come back, serve again on the same port. */
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Default: one that is free. */
  port?: number;
}

/** The built app. */
export function serveApp(options?: ServeOptions): Promise<Served> {
  return serve('vite.config.ts', options);
}

/** The built pages of test/journey/fixtures. */
export function serveFixtures(options?: ServeOptions): Promise<Served> {
  return serve('test/support/fixtures.config.ts', options);
}

async function serve(config: string, { port = 0 }: ServeOptions = {}): Promise<Served> {
  const server = await preview({ configFile: `${ROOT}/${config}`, logLevel: 'warn', preview: { port } });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () => server.close(),
  };
}
