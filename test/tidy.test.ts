// The house rules, enforced; and each of them shown to be able to fail.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './support/paths.ts';
import { findings, type Files } from './support/tidy/findings.ts';

const WORKER_ROOMS = ['task', 'store', 'schedule', 'pool', 'worker', 'handlers', 'runner', 'api'];

describe('this repository', () => {
  it('keeps the house rules', () => {
    expect(findings(filesOf('src', 'sw', 'test'))).toEqual([]);
  });

  it.each(WORKER_ROOMS)('compiles %s without a DOM', (room) => {
    const config = JSON.parse(readFileSync(join(ROOT, 'src', room, 'tsconfig.json'), 'utf8')) as {
      compilerOptions: { lib: string[] };
    };
    expect(config.compilerOptions.lib.filter((lib) => lib.startsWith('DOM'))).toEqual([]);
  });
});

describe('what is allowed', () => {
  it.each([
    ['a room above, by its door', 'src/store/a.ts', "import { x } from '../task/index.ts';"],
    ['a room of the same folder', 'src/store/files/a.ts', "import { x } from '../b.ts';"],
    ['anything, to the public door', 'src/index.ts', "export * from './runner/index.ts';"],
    ['any room, to a public door', 'src/worker.ts', "export { x } from './runner/serve.ts';"],
    ['the public door, to the app', 'src/app/main.ts', "import { x } from '../index.ts';"],
    ['perform, to the service worker', 'sw/resume.ts', "import { x } from '../src/worker/perform.ts';"],
    ['Dexie in the store', 'src/store/a.ts', "import Dexie from 'dexie';"],
    ['Comlink in the shell', 'src/worker/shell.ts', "import * as Comlink from 'comlink';"],
    ['the clock in its file', 'src/task/clock.ts', 'Date.now(); setTimeout(f, 1);'],
    ['the clock in the app', 'src/app/a.ts', 'performance.now(); new Date();'],
    ['a date of an instant', 'src/ui/a.ts', 'new Date(5);'],
    ['words in comments and strings', 'src/ui/a.ts', "// Date.now, enum\nconst a = 'setTimeout(';"],
    ['a room of the same kind in tests', 'test/store/a.test.ts', "import { x } from '../../src/store/b.ts';"],
    ['a component', 'src/ui/TaskRow.svelte', '<script lang="ts">let a = 1;</script>'],
    ['rune files and declarations', 'src/ui/task-list.svelte.ts', ''],
    ['a style sheet beside the door', 'src/app/main.ts', "import '../ui/tokens.css';"],
    ['as const and as unknown', 'src/ui/a.ts', 'const a = [1] as const; const b = a as unknown;'],
  ])('%s', (_, path, text) => {
    expect(findings(file(path, text))).toEqual([]);
  });
});

describe('what is refused', () => {
  it.each([
    ['a folder below', 'src/task/a.ts', "import { x } from '../store/index.ts';", 'task must not import store'],
    [
      'a type of a folder below',
      'src/store/a.ts',
      "import type { X } from '../runner/index.ts';",
      'must not import runner',
    ],
    ['a folder below, re-exported', 'src/store/a.ts', "export * from '../pool/index.ts';", 'must not import pool'],
    ['a folder below, when needed', 'src/pool/a.ts', "await import('../runner/index.ts');", 'must not import runner'],
    ['a folder below, in a type', 'src/pool/a.ts', "type X = import('../ui/index.ts').X;", 'must not import ui'],
    ['a folder below, as a worker', 'src/pool/a.ts', "new URL('../app/w.ts', import.meta.url);", 'must not import app'],
    ['the public door, from inside', 'src/runner/a.ts', "import { x } from '../index.ts';", 'must not import door'],
    ['the service worker, from src', 'src/app/a.ts', "import { x } from '../../sw/sw.ts';", 'must not import sw'],
    ['tests, from src', 'src/app/a.ts', "import { x } from '../../test/a.ts';", 'must not import test'],
    [
      'the pool, to the service worker',
      'sw/sw.ts',
      "import { x } from '../src/pool/index.ts';",
      'must not import pool',
    ],
    ['a room behind a door', 'src/store/a.ts', "import { x } from '../task/id.ts';", 'behind the door of task'],
    [
      'perform, to a folder',
      'src/runner/a.ts',
      "import { x } from '../worker/perform.ts';",
      'behind the door of worker',
    ],
    ['a component behind a door', 'src/app/a.ts', "import X from '../ui/X.svelte';", 'behind the door of ui'],
    ['Dexie elsewhere', 'src/task/a.ts', "import Dexie from 'dexie';", 'must not know dexie'],
    ['Comlink elsewhere in worker', 'src/worker/a.ts', "import * as Comlink from 'comlink';", 'must not know comlink'],
    ['Workbox elsewhere', 'src/ui/a.ts', "import { Workbox } from 'workbox-window';", 'must not know workbox-window'],
    ['idb-keyval elsewhere', 'src/ui/a.ts', "import { get } from 'idb-keyval';", 'must not know idb-keyval'],
    ['Hono elsewhere', 'sw/a.ts', "import { cors } from 'hono/cors';", 'must not know hono/cors'],
    ['a long file', 'src/task/a.ts', 'let a;\n'.repeat(401), '401 lines'],
    ['Date.now', 'src/store/a.ts', 'Date.now();', 'Date.now'],
    ['Math.random', 'sw/a.ts', 'const r = Math.random;', 'Math.random'],
    ['performance.now', 'src/ui/a.ts', 'self.performance.now();', 'performance.now'],
    ['new Date()', 'src/ui/a.ts', 'new Date();', 'new Date()'],
    ['crypto.randomUUID', 'src/ui/a.ts', 'globalThis.crypto.randomUUID();', 'crypto.randomUUID'],
    ['setTimeout', 'src/ui/A.svelte', '<script lang="ts">setTimeout(f, 1);</script>', 'setTimeout'],
    ['setInterval', 'src/ui/a.ts', 'window.setInterval(f, 1);', 'setInterval'],
    ['a folder of nothing in particular', 'src/ui/utils/a.ts', '', 'a folder named utils'],
    ['an enum', 'src/ui/a.ts', 'const enum A { B }', 'enum'],
    ['a cast to any', 'test/a.test.ts', 'const a = b as any;', 'cast to any'],
    ['an old cast to any', 'src/ui/a.ts', 'const a = <any>b;', 'cast to any'],
    ['@ts-ignore', 'src/ui/a.ts', '// @ts-ignore because\nf();', '@ts-ignore'],
    ['camelCase', 'src/ui/taskList.ts', '', 'kebab-case'],
    ['a component in kebab-case', 'src/ui/task-row.svelte', '', 'PascalCase'],
  ])('%s', (_, path, text, complaint) => {
    expect(findings(file(path, text))).toEqual([expect.stringContaining(complaint)]);
  });
});

function file(path: string, text: string): Files {
  return new Map([[path, text]]);
}

function filesOf(...folders: string[]): Files {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(ROOT, folder, name)),
  );
  const files = paths.filter((path) => statSync(path).isFile());
  return new Map(files.map((path) => [relative(ROOT, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')]));
}
