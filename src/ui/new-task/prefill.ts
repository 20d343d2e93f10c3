// A form filled from its address: for what is shared to the app, and for shortcuts. What is not known is left alone.

import { HTTP_REQUEST } from '../../handlers/index.ts';
import type { NewTask } from './new-task.svelte.ts';

const DRAFT_FIELDS = ['name', 'description', 'tags', 'priority', 'cron', 'uniqueKey', 'concurrencyKey'] as const;

/** `?type=…&name=…&url=…`: each other name is a field of the payload. A link without a type is a request for it. */
export function prefill(form: NewTask, query: URLSearchParams): void {
  const shared = query.get('url') ?? linkIn(query.get('text'));
  const type = query.get('type') ?? (shared === undefined ? undefined : HTTP_REQUEST);
  if (type === undefined) return;
  form.choose(type);
  for (const field of DRAFT_FIELDS) {
    const given = query.get(field);
    if (given !== null) form.draft[field] = given;
  }
  if (query.has('cron')) form.draft.when = 'cron';
  if (form.draft.name === '') form.draft.name = query.get('title') ?? '';
  const raw = form.payload?.raw;
  if (raw === undefined) return;
  for (const [field, given] of query) if (typeof raw[field] === 'string') raw[field] = given;
  if (shared !== undefined && 'url' in raw) raw.url = shared;
}

function linkIn(text: string | null): string | undefined {
  return /https?:\/\/\S+/.exec(text ?? '')?.[0];
}
