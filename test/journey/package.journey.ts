// F5: what is packed works where it is installed: in a fresh Vite project, in a React host, and on a plain page with no build.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import type { BrowserContext } from 'playwright-core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf, launch } from '../support/browser.ts';
import { startMoodyServer } from '../support/moody-server.ts';
import { ROOT } from '../support/paths.ts';

const EXAMPLES = join(ROOT, 'test/examples');
const PACKED_MS = 240_000;

let place: string;
let tarball: string;
let installed: string;
let browser: BrowserContext;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'errand-package-'));
  // What it prints is no guide to the name: whatever `prepack` runs prints there, too.
  execFileSync('npm', ['pack', '--pack-destination', place], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [filename = ''] = readdirSync(place);
  tarball = join(place, filename);
  installed = install();
  browser = await launch();
}, PACKED_MS);

afterAll(async () => {
  await browser.close();
  rmSync(place, { recursive: true, force: true });
});

/** As `npm install` would lay it out, what it depends on taken from here. */
function install(): string {
  const modules = join(place, 'node_modules');
  mkdirSync(join(modules, '@standard-schema'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', place]);
  cpSync(join(place, 'package'), join(modules, 'errand'), { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of [...Object.keys(dependencies), 'react', 'react-dom', 'scheduler'])
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  return join(modules, 'errand');
}

/** Builds an example where the package is installed, and serves it. */
async function served(example: string) {
  const root = join(place, example);
  cpSync(join(EXAMPLES, example), root, { recursive: true });
  await build({
    root,
    configFile: existsSync(join(root, 'vite.config.ts')) ? join(root, 'vite.config.ts') : false,
    logLevel: 'error',
    mode: 'production',
    build: { target: 'es2022' },
    // The worker of ten lines is built as Vite does of itself.
    ...(example !== 'ten-lines' && { worker: { format: 'es' } }),
  });
  return serve(join(root, 'dist'));
}

async function serve(folder: string) {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/favicon.ico') return void response.writeHead(204).end();
    const file = join(folder, path === '/' ? 'index.html' : path);
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain' }).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${address.port}/`, close };
}

async function syncTags(): Promise<string[]> {
  const registration = await navigator.serviceWorker.ready;
  return (registration as unknown as { sync: { getTags(): Promise<string[]> } }).sync.getTags();
}

describe('F5 the package', () => {
  it('has nothing that publint objects to', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, level: 'warning' });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that resolve for a bundler and for Node’s modules', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
    const problems = 'problems' in analysis ? analysis.problems : [];
    // There is no CommonJS, and the old resolution knows no exports: these two are meant.
    const meant = new Set(['node10', 'node16-cjs']);
    const isMeant = (problem: object) =>
      ('resolutionKind' in problem && meant.has(String(problem.resolutionKind))) ||
      ('entrypoint' in problem && problem.entrypoint === './errand-board.js'); // A file for a script tag.
    const wrong = problems.filter((problem) => !isMeant(problem));
    expect(wrong).toEqual([]);
  });

  it(
    'runs a task of ten lines in a fresh project',
    async () => {
      const site = await served('ten-lines');
      const page = await browser.newPage();
      const errors = errorsOf(page);
      await page.goto(site.url);
      await page.getByText('Hello world!').waitFor();
      expect(errors).toEqual([]);
      await page.close();
      site.close();
    },
    PACKED_MS,
  );

  it(
    'F4 shows the board in a React host',
    async () => {
      const site = await served('react');
      const page = await browser.newPage();
      const errors = errorsOf(page);
      await page.goto(site.url);
      await page.getByRole('button', { name: 'Greet' }).click();
      await page.getByText('greet', { exact: true }).first().waitFor();
      await page.getByText('Completed').first().waitFor();
      expect(errors).toEqual([]);
      await page.close();
      site.close();
    },
    PACKED_MS,
  );

  it('F4 works on a plain page with no build, in its words and colours', async () => {
    const folder = join(place, 'plain');
    cpSync(join(EXAMPLES, 'plain'), folder, { recursive: true });
    cpSync(join(installed, 'dist/element/errand-board.js'), join(folder, 'errand-board.js'));
    const site = await serve(folder);
    const page = await browser.newPage();
    const errors = errorsOf(page);
    await page.goto(site.url);
    await page.getByText('Nothing was sent yet.').waitFor();
    const accent = (board: Element) => getComputedStyle(board).getPropertyValue('--errand-accent');
    expect(await page.locator('errand-board').evaluate(accent)).toBe('#7a2048');
    await page.getByLabel('Address').fill(site.url);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('row', { name: 'Sent from a plain page' }).waitFor();
    await page.getByText('Nothing was sent yet.').waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.title === 'Sent from a plain page: completed');
    expect(errors).toEqual([]);
    await page.close();
    site.close();
  });

  it(
    'E1 E3 F6 somebody’s own service worker delivers what was queued offline, with no page open',
    async () => {
      const site = await served('outbox');
      let server = await startMoodyServer();
      const { port } = new URL(server.url);
      const page = await browser.newPage();
      await page.goto(site.url);
      await page.evaluate(() => navigator.serviceWorker.ready);
      await page.locator('button:enabled').waitFor();
      await browser.setOffline(true);
      await server.close();
      await page.getByLabel('To').fill(`${server.url}/example/ok`);
      await page.getByLabel('Text').fill('Hello');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('pending', { exact: true }).waitFor();
      // Before it is closed it has asked the browser to wake the service worker.
      await expect.poll(() => page.evaluate(syncTags)).toEqual(['errand:outbox']);
      await page.close();

      server = await startMoodyServer(Number(port));
      await browser.setOffline(false);
      await server.until(() => server.boxes.get('example') !== undefined);
      const [arrived] = server.boxes.get('example')?.arrived ?? [];
      expect(arrived).toMatchObject({ method: 'POST', body: '{"text":"Hello"}' });
      const again = await browser.newPage();
      await again.goto(site.url);
      await again.getByText('completed', { exact: true }).waitFor();
      expect(Object.values(server.boxes.get('example')?.taken ?? {})).toEqual([1]);
      await again.close();
      await server.close();
      site.close();
    },
    PACKED_MS,
  );
});
