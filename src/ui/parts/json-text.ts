// Values as JSON that a person can edit, and back: what JSON lacks is written as `{"$type": …}`.

import { fromPlain, toPlain } from '../../task/index.ts';
import { JSON_EDITOR } from '../words/parts.ts';

/** What a text says: a value, or what is wrong with it. Nothing written is nothing. */
export type Read = { value: unknown; fault?: undefined } | { fault: string };

export function writeJson(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(toPlain(value), null, 2);
}

export function readJson(text: string): Read {
  if (text.trim() === '') return { value: undefined };
  try {
    return { value: fromPlain(JSON.parse(text)) };
  } catch (error) {
    return { fault: faultOf(text, error instanceof Error ? error.message : String(error)) };
  }
}

/** What the parser says, with the line at which it gave up. Each browser has its own words. */
function faultOf(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  const line = /line (\d+)/.exec(message)?.[1] ?? (position === undefined ? undefined : lineAt(text, Number(position)));
  const said = message.replace(/^JSON\.parse: /, '').replace(/,? ?(in JSON )?at (position|line).*$/, '');
  return JSON_EDITOR.fault(said, line === undefined ? undefined : Number(line));
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}
