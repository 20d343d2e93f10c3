// The house rules on where things lie and what they may touch, as a pure function from files to complaints.

import { posix } from 'node:path';
import { readSource, type Source } from './source.ts';

/** Path from the top of the repository → text. */
export type Files = ReadonlyMap<string, string>;

/** A folder imports only folders above it. */
const ORDER = ['task', 'store', 'schedule', 'pool', 'worker', 'handlers', 'runner', 'api', 'ui', 'element', 'app'];
const FOR_THE_SERVICE_WORKER = ['task', 'store', 'schedule', 'worker', 'handlers', 'runner', 'api'];

/** Who may know a package; to all others it is closed. */
const KNOWERS: readonly { name: RegExp; who: RegExp }[] = [
  { name: /^dexie$/, who: /^src\/store\// },
  { name: /^comlink$/, who: /^src\/(pool\/|worker\/shell\.ts$|runner\/)/ },
  { name: /^workbox-/, who: /^(sw|src\/app)\// },
  { name: /^idb-keyval$/, who: /^src\/app\// },
  { name: /^hono$/, who: /^src\/api\// },
];

const MAY_KNOW_THE_TIME = /^(src\/task\/clock\.ts$|src\/app\/|test\/)/;
const NAMELESS = ['utils', 'common', 'helpers', 'misc'];
const CODE = /\.(ts|mjs|js|svelte)$/;
const LONGEST = 400;

/** One line for each breach of a rule. */
export function findings(files: Files): string[] {
  return [...files].flatMap(([path, text]) => [...namesIn(path), ...(CODE.test(path) ? codeIn(path, text) : [])]);
}

function namesIn(path: string): string[] {
  const folders = path.split('/').slice(0, -1);
  const file = posix.basename(path);
  const nameless = folders.filter((folder) => NAMELESS.includes(folder));
  const isNamed = file.endsWith('.svelte')
    ? /^[A-Z][A-Za-z0-9]*\.svelte$/
    : /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
  const isOurs = /\.(ts|mjs|js|svelte|css|html)$/.test(file);
  return [
    ...nameless.map((folder) => `${path}: a folder named ${folder} says nothing`),
    ...(isOurs && !isNamed.test(file) ? [`${path}: the name is not kebab-case (PascalCase for a component)`] : []),
  ];
}

function codeIn(path: string, text: string): string[] {
  const source = readSource(path, text);
  const isTest = path.startsWith('test/');
  const lines = text.trimEnd().split('\n').length;
  return [
    ...(isTest ? [] : source.imports.flatMap((specifier) => importIn(path, specifier))),
    ...(isTest || lines <= LONGEST ? [] : [`${path}: ${lines} lines, more than ${LONGEST}`]),
    ...(MAY_KNOW_THE_TIME.test(path) ? [] : ambientIn(path, source)),
    ...source.shortcuts.map((shortcut) => `${path}: ${shortcut}`),
    ...(/^\s*(\/\/|\/?\*).*@ts-(ignore|nocheck)\b/m.test(text) ? [`${path}: @ts-ignore or @ts-nocheck`] : []),
  ];
}

function ambientIn(path: string, source: Source): string[] {
  return source.ambient.map((name) => `${path}: ${name}, though time and chance are handed in by task/clock`);
}

function importIn(path: string, specifier: string): string[] {
  if (!specifier.startsWith('.')) return packageIn(path, specifier);
  const target = posix.join(posix.dirname(path), specifier.replace(/\?.*$/, ''));
  const from = placeOf(path);
  const to = placeOf(target);
  if (from === to || from === 'door') return []; // A file of src itself is a door of the library: it re-exports what it likes.
  return mayImport(from, to)
    ? doorIn(path, from, target, to)
    : [`${path}: ${from} must not import ${to} (${specifier})`];
}

function packageIn(path: string, specifier: string): string[] {
  const closed = KNOWERS.filter(({ name, who }) => name.test(packageOf(specifier)) && !who.test(path));
  return closed.map(() => `${path}: must not know ${specifier}`);
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The folder of src that a path lies in, `door` for a file of src itself, else the top folder. */
function placeOf(path: string): string {
  const [top = '', folder = '', ...rest] = path.split('/');
  if (top !== 'src') return top;
  return rest.length > 0 || ORDER.includes(folder) ? folder : 'door';
}

function mayImport(from: string, to: string): boolean {
  if (from === 'sw') return FOR_THE_SERVICE_WORKER.includes(to);
  if (to === 'door') return from === 'app' || from === 'element';
  return ORDER.includes(to) && ORDER.indexOf(to) < ORDER.indexOf(from);
}

/** From elsewhere a folder is entered by its index.ts; the style sheets that lie beside that are doors, too. */
function doorIn(path: string, from: string, target: string, to: string): string[] {
  if (to === 'door') return [];
  const isSheet = posix.dirname(target) === `src/${to}` && target.endsWith('.css');
  const isDoor = isSheet || target === `src/${to}/index.ts` || (from === 'sw' && target === 'src/worker/perform.ts');
  return isDoor ? [] : [`${path}: ${target} is behind the door of ${to}; import src/${to}/index.ts`];
}
