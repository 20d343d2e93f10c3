// A file with all that it imports, as one function of the globals that it sees: each realm that runs it has modules and
// globals of its own, as a worker has.

import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { build, type Plugin } from 'vite';
import { ROOT } from '../../support/paths.ts';
import { GLOBALS, type Scope } from './scope.ts';

/** Runs a script in a realm. Gives what it exports. */
export type Script = (scope: Scope) => unknown;

/** Numbers of the source that are other in the simulated world, so that what is rare comes often. */
export type Tuning = Record<string, number>;

/** Builds a file as it lies in the repository now. */
export async function scriptOf(file: URL, tuning: Tuning = {}, plugins: Plugin[] = []): Promise<Script> {
  const filename = fileURLToPath(file);
  const untuned = new Set(Object.keys(tuning));
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    plugins: [...plugins, tuned(tuning, untuned)],
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: filename, formats: ['iife'], name: 'script' },
    },
  });
  if (untuned.size > 0) throw new Error(`No such constants in the source: ${[...untuned].join(', ')}`);
  const output = [built].flat().find((each) => 'output' in each);
  if (output === undefined) throw new Error('Nothing was built.');
  const code = `${output.output[0].code}\nreturn typeof script === 'undefined' ? undefined : script;`;
  const run = compileFunction(code, [...GLOBALS], { filename }) as (...globals: unknown[]) => unknown;
  return (scope) => run(...GLOBALS.map((name) => scope[name]));
}

function tuned(tuning: Tuning, untuned: Set<string>): Plugin {
  return {
    name: 'tuned',
    enforce: 'pre',
    transform: (code) =>
      Object.entries(tuning).reduce((source, [name, value]) => {
        const declared = new RegExp(`\\bconst ${name} = [^;]+;`);
        if (declared.test(source)) untuned.delete(name);
        return source.replace(declared, `const ${name} = ${value};`);
      }, code),
  };
}
