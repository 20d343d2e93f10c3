// Builds and serves the app of src/app, with the service worker of sw/.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Connect, type Plugin, type UserConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

const ROOT = import.meta.dirname;
const APP = join(ROOT, 'dist/app');
const { version, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
};
const address = { host: '127.0.0.1', port: Number(process.env.PORT ?? 4173), strictPort: true };

const SOURCES = join(ROOT, 'src');
const COMPONENTS = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.svelte'))
  .sort();

/**
 * The first script goes ahead of all else, with what Vite adds for its import of the rest. What several places share is one
 * file: each one that is opened at the start takes its time.
 */
const CHUNKS = [
  { name: 'ahead', test: /first-worker|trusted-scripts|preload-helper|modulepreload-polyfill/, priority: 1 },
  { name: 'shared', minShareCount: 2 },
];

/** Dexie as a module for browsers of today, by itself: the package's usual door is a fifth larger, and written for older ones. */
const MODERN_DEXIE = { alias: [{ find: /^dexie$/, replacement: 'dexie/dist/modern/dexie.mjs' }] };

/** Of documents. Nothing inline, nothing evaluated; a script's address only by way of the app's own policy. */
const DOCUMENT_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default svelte-trusted-html',
].join('; ');

/** Of workers and the service worker, which have their own: they send requests anywhere, and run WebAssembly. */
const WORKER_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self' blob: http: https:",
].join('; ');

export default defineConfig(({ isPreview, mode }) => {
  if (mode === 'element') return element();
  return mode === 'library' ? library() : app(isPreview === true);
});

function app(isPreview: boolean): UserConfig {
  return {
    root: join(ROOT, 'src/app'),
    publicDir: join(ROOT, 'public'),
    cacheDir: join(ROOT, 'node_modules/.vite/app'),
    // Vite's own fallback in preview gives the page for a missing script, too; `documents` does it instead.
    appType: isPreview ? 'mpa' : 'spa',
    build: {
      outDir: APP,
      emptyOutDir: true,
      rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
    },
    resolve: MODERN_DEXIE,
    define: { __VERSION__: JSON.stringify(version) },
    worker: { format: 'es' },
    server: { ...address, fs: { allow: [ROOT] } },
    preview: address,
    plugins: [components(), mainAhead(), manners(), serviceWorker()],
  };
}

/** `<errand-board>` and its engine as one file, its style sheet inside. */
function element(): UserConfig {
  return {
    root: ROOT,
    publicDir: false,
    build: {
      outDir: join(ROOT, 'dist/element'),
      emptyOutDir: true,
      cssCodeSplit: false,
      minify: true,
      rolldownOptions: {
        input: join(ROOT, 'src/element/standalone.ts'),
        output: { format: 'es', entryFileNames: 'errand-board.js', codeSplitting: false },
      },
    },
    // A page may have a Dexie of its own, of whatever version: the package's usual door takes that one, or throws.
    resolve: MODERN_DEXIE,
    define: { __VERSION__: JSON.stringify(version) },
    plugins: [components(), placesInside(), sheetInside()],
  };
}

/** The library's doors, for somebody else's bundler: what it depends on stays outside, but for what draws the element. */
function library(): UserConfig {
  const door = (path: string) => join(ROOT, 'src', path);
  const entry = {
    index: door('index.ts'),
    worker: door('worker.ts'),
    'service-worker': door('service-worker.ts'),
    handlers: door('handlers/index.ts'),
    api: door('api/index.ts'),
    element: door('element/index.ts'),
    'element-define': door('element/define.ts'),
  };
  return {
    root: ROOT,
    publicDir: false,
    build: {
      outDir: join(ROOT, 'dist/lib'),
      emptyOutDir: true,
      lib: { entry, formats: ['es'] },
      cssCodeSplit: false,
      minify: false,
      rolldownOptions: {
        external: (id) => Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`)),
      },
    },
    define: { __VERSION__: JSON.stringify(version) },
    plugins: [components(), sheetInside()],
  };
}

/** A class of few letters for each component's styles: a hash, which is the usual one, compresses badly. */
function components() {
  const cssHash = ({ filename, hash }: { filename: string; hash: (text: string) => string }) => {
    const place = COMPONENTS.indexOf(relative(SOURCES, filename));
    return `e${place === -1 ? hash(filename) : place.toString(36)}`; // One that came while `npm run dev` runs has none.
  };
  return svelte({ configFile: false, compilerOptions: { cssHash } });
}

/** Imports at once what is imported when wanted: kept so in one file, each module would be wrapped for nothing. */
function placesInside(): Plugin {
  return {
    name: 'errand:places-inside',
    enforce: 'post',
    transform(code, id) {
      if (!id.startsWith(SOURCES)) return undefined;
      const imports: string[] = [];
      const text = code.replaceAll(/\bimport\((["'][^"']+["'])\)/g, (_, path: string) => {
        const name = `__place${imports.push(path) - 1}`;
        return `Promise.resolve(${name})`;
      });
      if (imports.length === 0) return undefined;
      const heads = imports.map((path, i) => `import * as __place${i} from ${path};`);
      return { code: `${heads.join('')}${text}`, map: null };
    },
  };
}

/** Puts the style sheet into the script, made for a shadow tree that is as wide as it happens to be. */
function sheetInside(): Plugin {
  return {
    name: 'errand:sheet-inside',
    enforce: 'post',
    generateBundle(_, bundle) {
      const sheets = Object.values(bundle).filter((each) => each.type === 'asset' && each.fileName.endsWith('.css'));
      const text = sheets.map((each) => String('source' in each ? each.source : '')).join('\n');
      for (const { fileName } of sheets) Reflect.deleteProperty(bundle, fileName);
      for (const chunk of Object.values(bundle))
        if (chunk.type === 'chunk')
          chunk.code = chunk.code.replace(/(["'`])__ERRAND_SHEET__\1/, () => JSON.stringify(shadowed(text)));
    },
  };
}

/** The document's own selectors, sizes and width are those of the element. */
function shadowed(css: string): string {
  return css
    .replaceAll(/:root\[data-theme=['"]?dark['"]?\]/g, ':host(:state(dark))')
    .replaceAll(/:root\b|(?<=^|[},\s])html\b(?=[\s,{])/g, ':host')
    .replaceAll(
      /@media\s*(\((?:min-|max-)?width[^{]*)\{/g,
      (_, query: string) => `@container errand ${inPixels(query)}{`,
    )
    .replaceAll(/(?<![\w.-])(\d*\.?\d+)rem\b/g, 'calc($1 * var(--errand-rem, 16px))');
}

/** Whatever the host's page takes for a rem, the element does not. */
function inPixels(query: string): string {
  return query.replaceAll(/(\d*\.?\d+)rem\b/g, (_, rem: string) => `${Number(rem) * 16}px`);
}

function serviceWorker() {
  return VitePWA({
    strategies: 'injectManifest',
    srcDir: join(ROOT, 'sw'),
    filename: 'sw.ts',
    registerType: 'prompt',
    injectRegister: false,
    manifest: false, // public/manifest.webmanifest is used as it stands.
    injectManifest: {
      globPatterns: ['**/*.{js,css,html,svg,png,webmanifest,woff2,wasm}'],
      globIgnores: ['screenshots/**'], // For the store page of an app, not for its use.
      rollupFormat: 'iife', // A classic script: the one kind that every browser takes for a service worker.
    },
  });
}

/** The page names the code that its first script goes on with, so that both are fetched at once. */
function mainAhead(): Plugin {
  return {
    name: 'errand:main-ahead',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) => {
        const chunks = new Map(
          Object.entries(bundle).flatMap(([name, each]) => (each.type === 'chunk' ? [[name, each]] : [])),
        );
        const main = [...chunks.values()].find(({ facadeModuleId }) => facadeModuleId === join(SOURCES, 'app/main.ts'));
        const names = new Set(main === undefined ? [] : [main.fileName]);
        for (const name of names)
          for (const other of chunks.get(name)?.imports ?? [])
            if (chunks.get(other)?.isEntry === false) names.add(other);
        const sheets = new Set([...names].flatMap((name) => [...(chunks.get(name)?.viteMetadata?.importedCss ?? [])]));
        const link = (rel: string) => (name: string) => ({
          tag: 'link',
          attrs: { rel, crossorigin: true, href: `/${name}` },
          injectTo: 'head' as const,
        });
        return [...[...names].map(link('modulepreload')), ...[...sheets].map(link('stylesheet'))];
      },
    },
  };
}

/** How the app is served, in development and in preview alike. */
function manners(): Plugin {
  return {
    name: 'errand:manners',
    configureServer({ middlewares }) {
      middlewares.use(refuseApi);
    },
    configurePreviewServer({ middlewares, config }) {
      middlewares.use(refuseApi);
      middlewares.use(documents(config.build.outDir));
    },
  };
}

/** The service worker answers `/api/`. What gets past it is told so, and never gets a page. */
function refuseApi(request: IncomingMessage, response: ServerResponse, next: Connect.NextFunction): void {
  if (!pathOf(request).startsWith('/api/')) {
    next();
    return;
  }
  response.writeHead(503, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const message = 'The service worker answers this address. Open the app once so that it is installed, then try again.';
  response.end(JSON.stringify({ error: 'no_service_worker', message, details: {} }));
}

/** Documents get a strict policy and are never stale. A page asked for that is no file is a route of the app, dots or not. */
function documents(outDir: string): Connect.NextHandleFunction {
  return (request, response, next) => {
    const path = pathOf(request);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const isRoute = !isFile(join(outDir, path)) && (isNavigation(request) || !/\.\w+$/.test(path));
    if (isRoute) request.url = '/index.html';
    if (isRoute || path.endsWith('.html')) response.setHeader('Content-Security-Policy', DOCUMENT_POLICY);
    else if (path.endsWith('.js')) response.setHeader('Content-Security-Policy', WORKER_POLICY);
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Referrer-Policy', 'same-origin');
    if (isRoute || path.endsWith('.html') || path === '/sw.js') response.setHeader('Cache-Control', 'no-cache');
    next();
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/';
}

function isNavigation(request: IncomingMessage): boolean {
  const { accept = '', 'sec-fetch-mode': mode } = request.headers;
  return mode === 'navigate' || accept.includes('text/html');
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
