// F4: custom-elements.json says what the element has, no more and no less; editors and frameworks read it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/paths.ts';

interface Named {
  name: string;
  attribute?: string;
}
type Kind = 'attributes' | 'members' | 'events' | 'slots' | 'cssParts' | 'cssProperties' | 'cssStates';
type Declaration = Record<Kind, Named[]> & { name: string; tagName: string };

const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const json = (path: string) => JSON.parse(text(path)) as Record<string, unknown>;
const { modules } = json('custom-elements.json') as {
  modules: { path: string; declarations: Declaration[] }[];
};
const [declared] = modules.flatMap(({ declarations }) => declarations);

/** What a pattern captures in the files of the element, each once. */
function found(pattern: RegExp, ...files: string[]): string[] {
  const all = files.flatMap((file) => [...text(file).matchAll(pattern)].flatMap(([, name]) => name ?? []));
  return [...new Set(all)].sort();
}

const said = (kind: Kind) => declared?.[kind].map(({ name }) => name).sort();

const BOARD = 'src/element/errand-board.ts';
const FRAME = 'src/element/Frame.svelte';

const [, list = ''] = /observedAttributes = \[(.*)\]/.exec(text(BOARD)) ?? [];
const observed = [...list.matchAll(/'([\w-]+)'/g)].flatMap(([, name]) => name ?? []);

describe('F4 the manifest of the element', () => {
  it('is named by the package, and goes with it', () => {
    const { customElements, files, exports } = json('package.json');
    expect(customElements).toBe('custom-elements.json');
    expect(files).toContain(customElements);
    const doors = JSON.stringify(exports);
    for (const { path } of modules) expect(doors).toContain(`./${path}`);
  });

  it('has its attributes', () => {
    expect(said('attributes')).toEqual(observed.sort());
  });

  it('has its properties', () => {
    expect(said('members')).toEqual(found(/^ {2}get (\w+)\(/gm, BOARD));
    const reflected = declared?.members.flatMap(({ attribute }) => attribute ?? []) ?? [];
    expect(observed).toEqual(expect.arrayContaining(reflected));
  });

  it('has its events', () => {
    expect(said('events')).toEqual(found(/#tell\('([\w-]+)'/g, BOARD));
  });

  it('has its parts and slots', () => {
    expect(said('cssParts')).toEqual(found(/\bpart(?:="|', ')([\w-]+)/g, BOARD, FRAME));
    expect(said('slots')).toEqual(found(/"slot"\} name="(\w+)"/g, FRAME, 'src/ui/list/Tasks.svelte'));
  });

  it('has its properties of style', () => {
    const properties = found(/(--errand-[\w-]+)\s*[:,]/g, 'src/ui/tokens.css', 'vite.config.ts');
    expect(said('cssProperties')).toEqual(properties);
    expect(said('cssStates')).toEqual(['dark']);
  });
});
