// A mutation: the product with one promise broken on purpose, by other words in a line of its source as it is built for the
// simulated tabs. What is not found there, because the source has moved on, is an error.

import type { Plugin } from 'vite';
import { SMALL } from '../scenario/scripts.ts';
import { live, type Told } from '../semantics/history.ts';
import { WORKER } from '../semantics/scripts.ts';
import { type Script, scriptOf } from '../world/script.ts';

interface Edit {
  /** Of `src`. */
  file: string;
  find: string;
  put: string;
}

export interface Mutation {
  /** The promise that it breaks. */
  breaks: string;
  /** The first seed that was known to notice it: those before need not be waited for. */
  from: number;
  edits: readonly Edit[];
}

/** The first history in which something is wrong, of so many. */
export async function noticed(mutation: Mutation, page: Script, seeds: number): Promise<Told | undefined> {
  const missing = new Set(mutation.edits);
  const tasks = await scriptOf(WORKER, SMALL, [edited(mutation.edits, missing)]);
  const [lost] = missing;
  if (lost !== undefined) throw new Error(`There is no such line in ${lost.file}: ${lost.find}`);
  for (let seed = mutation.from; seed < mutation.from + seeds; seed++) {
    const told = await live({ scripts: { page, tasks }, seed });
    if (told.complaints.length > 0) return told;
  }
  return undefined;
}

function edited(edits: readonly Edit[], missing: Set<Edit>): Plugin {
  return {
    name: 'mutated',
    enforce: 'pre',
    transform: (code, id) => {
      let mutated = code;
      for (const edit of edits) {
        if (!id.endsWith(`/src/${edit.file}`) || !mutated.includes(edit.find)) continue;
        missing.delete(edit);
        mutated = mutated.replace(edit.find, () => edit.put);
      }
      return mutated;
    },
  };
}
