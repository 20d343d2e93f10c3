// What was typed, over a reload of the tab. Files cannot be kept there; what cannot be kept is no reason to fail.

import type { Draft } from './draft.ts';
import type { PayloadDraft } from './new-task.svelte.ts';

export interface KeptForm {
  type: string;
  draft: Partial<Draft>;
  payloads: Iterable<readonly [string, PayloadDraft]>;
}

const KEY = 'errand:new-task';

export function keepForm(form: KeptForm | undefined): void {
  try {
    if (form === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify({ ...form, payloads: [...form.payloads] }, withoutFiles));
  } catch {
    // The storage is full, or not for this page.
  }
}

export function keptForm(): KeptForm | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    return isKept(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

function withoutFiles(_key: string, value: unknown): unknown {
  if (value instanceof Blob) return undefined;
  return Array.isArray(value) ? (value as unknown[]).filter((each) => !(each instanceof Blob)) : value;
}

function isKept(value: unknown): value is KeptForm {
  return typeof value === 'object' && value !== null && 'type' in value && 'draft' in value && 'payloads' in value;
}
