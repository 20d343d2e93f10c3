// The form of `http.request`: the few things that most requests are made of. The rest can be said as JSON.

import { readJson } from '../parts/json-text.ts';
import { HTTP } from '../words/new-task.ts';
import type { RawGroup } from './payload-form.ts';

export type BodyKind = keyof typeof HTTP.bodies;
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;

export interface HttpRaw extends RawGroup {
  url: string;
  method: string;
  headers: string;
  bodyKind: BodyKind;
  bodyText: string;
  bodyFile: File | undefined;
  expectType: string;
  response: keyof typeof HTTP.responses;
}

export function blankHttp(): HttpRaw {
  return {
    ...{ url: '', method: 'GET', headers: '', bodyKind: 'none', bodyText: '', bodyFile: undefined },
    ...{ expectType: '', response: 'store' },
  };
}

/** The payload that the form holds. */
export function httpPayload(raw: HttpRaw, faults: Map<string, string>): unknown {
  const { url, method, response, expectType } = raw;
  const headers = headersOf(raw.headers, faults);
  const body = bodyOf(raw, faults);
  return {
    url: url.trim(),
    method,
    ...(headers !== undefined && { headers }),
    ...(body !== undefined && { body }),
    ...(expectType.trim() !== '' && { expectType: expectType.trim() }),
    ...(response !== 'store' && { response }),
  };
}

function headersOf(typed: string, faults: Map<string, string>): Record<string, string> | undefined {
  const made = new Map<string, string>();
  for (const [index, line] of typed.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, name, value] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) faults.set('payload.headers', HTTP.headerFault(index + 1));
    else made.set(name, value);
  }
  return made.size === 0 ? undefined : Object.fromEntries(made);
}

function bodyOf({ bodyKind, bodyText, bodyFile }: HttpRaw, faults: Map<string, string>): unknown {
  switch (bodyKind) {
    case 'none':
      return undefined;
    case 'text':
      return { text: bodyText };
    case 'file':
      return { file: bodyFile };
    case 'json': {
      const { fault, ...read } = readJson(bodyText);
      if (fault !== undefined) faults.set('payload.body', fault);
      return { json: 'value' in read ? (read.value ?? null) : null };
    }
  }
}
