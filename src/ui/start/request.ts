// From what a person typed to what is sent.

import type { HttpRequestInput } from '../../handlers/index.ts';

export const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'] as const;

/** An address of the web, or nothing. */
export function urlOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== '' ? url : undefined;
}

/** JSON where it is JSON, else the text as it stands; nothing where nothing was typed. */
export function bodyOf(text: string): Pick<HttpRequestInput, 'body'> {
  if (text.trim() === '') return {};
  try {
    return { body: { json: JSON.parse(text) as unknown } };
  } catch {
    return { body: { text } };
  }
}
