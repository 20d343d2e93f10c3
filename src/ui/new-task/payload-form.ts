// A form made of a payload's schema: what kind of field each part is, what it holds, and the payload that comes of it.

import type { Json, JsonSchema } from '../../task/index.ts';
import { readJson } from '../parts/json-text.ts';

export type FieldKind =
  'text' | 'number' | 'switch' | 'choice' | 'file' | 'files' | 'lines' | 'date' | 'group' | 'json' | 'const';

/** What a field holds, as it was typed or picked. */
export type Raw = string | boolean | File | File[] | undefined | { [key: string]: Raw };
export type RawGroup = Record<string, Raw>;

export interface FieldSpec {
  key: string;
  kind: FieldKind;
  schema: JsonSchema;
  isRequired: boolean;
}

/** The fields of an object; `undefined` where the schema is of something else. */
export function fieldsOf(schema: JsonSchema): FieldSpec[] | undefined {
  const { type, properties, required } = schema;
  if (type !== 'object' || !isObject(properties)) return undefined;
  const names = Array.isArray(required) ? required : [];
  return Object.entries(properties).map(([key, part]) => {
    const part_ = isObject(part) ? part : {};
    return { key, kind: kindOf(part_), schema: part_, isRequired: names.includes(key) };
  });
}

export function kindOf(schema: JsonSchema): FieldKind {
  const { type, items } = schema;
  if (isMarked(schema, 'file')) return 'file';
  if (isMarked(schema, 'date')) return 'date';
  if ('const' in schema) return 'const';
  if (choicesOf(schema).length > 0) return 'choice';
  if (type === 'string') return schema.format === 'date-time' ? 'date' : 'text';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'switch';
  if (type === 'array' && isObject(items)) {
    if (isMarked(items, 'file')) return 'files';
    return items.type === 'string' || items.type === 'number' || items.type === 'integer' ? 'lines' : 'json';
  }
  return fieldsOf(schema) === undefined ? 'json' : 'group';
}

/** What may be chosen of, where it is few fixed texts or numbers. */
export function choicesOf({ enum: choices }: JsonSchema): (string | number)[] {
  const isChoice = (each: Json): each is string | number => typeof each === 'string' || typeof each === 'number';
  return Array.isArray(choices) && choices.every(isChoice) ? choices : [];
}

/** An empty form. */
export function blankOf(schema: JsonSchema): RawGroup {
  return Object.fromEntries((fieldsOf(schema) ?? []).map((field) => [field.key, blankField(field)]));
}

function blankField({ kind, schema, isRequired }: FieldSpec): Raw {
  switch (kind) {
    case 'switch':
      return schema.default === true;
    case 'files':
      return [];
    case 'file':
      return undefined;
    case 'group':
      return blankOf(schema);
    case 'choice':
      // What must be chosen begins with the first; the rest is left to its default.
      return isRequired ? String(choicesOf(schema)[0] ?? '') : '';
    default:
      return '';
  }
}

/** The payload that a form holds. What cannot be read is noted in `faults` under its path. */
export function payloadOf(schema: JsonSchema, raw: RawGroup, faults: Map<string, string>, path = 'payload'): unknown {
  const made: [string, unknown][] = [];
  for (const field of fieldsOf(schema) ?? []) {
    const value = valueOf(field, raw[field.key], faults, `${path}.${field.key}`);
    if (value !== undefined) made.push([field.key, value]);
  }
  return Object.fromEntries(made);
}

function valueOf(
  { kind, schema, isRequired }: FieldSpec,
  raw: Raw,
  faults: Map<string, string>,
  path: string,
): unknown {
  if (kind === 'const') return schema.const;
  if (kind === 'switch') return raw === (schema.default === true) && !isRequired ? undefined : raw === true;
  if (Array.isArray(raw)) return raw.length > 0 || isRequired ? [...raw] : undefined;
  if (kind === 'group') {
    const isUntouched = !isRequired && JSON.stringify(raw) === JSON.stringify(blankOf(schema));
    return isUntouched ? undefined : payloadOf(schema, isRaw(raw) ? raw : {}, faults, path);
  }
  if (typeof raw !== 'string') return raw;
  if (raw.trim() === '') return isRequired && kind === 'text' ? raw : undefined;
  return read(kind, schema, raw, faults, path);
}

function read(kind: FieldKind, schema: JsonSchema, raw: string, faults: Map<string, string>, path: string): unknown {
  switch (kind) {
    case 'number':
      return numberOf(raw);
    case 'choice':
      return choicesOf(schema).find((each) => String(each) === raw) ?? raw;
    case 'date': {
      const date = new Date(raw);
      return isMarked(schema, 'date') ? date : date.toISOString();
    }
    case 'lines': {
      const lines = raw.split('\n').filter((line) => line.trim() !== '');
      return isObject(schema.items) && schema.items.type !== 'string' ? lines.map(numberOf) : lines;
    }
    case 'json': {
      const found = readJson(raw);
      if (found.fault === undefined) return found.value;
      faults.set(path, found.fault);
      return undefined;
    }
    default:
      return raw;
  }
}

/** A number where it is one; else what was typed, with which the engine finds fault. */
function numberOf(raw: string): number | string {
  return Number.isNaN(Number(raw)) ? raw : Number(raw);
}

function isMarked({ properties }: JsonSchema, kind: string): boolean {
  return isObject(properties) && isObject(properties.$type) && properties.$type.const === kind;
}

function isObject(json: Json | undefined): json is Record<string, Json> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isRaw(raw: Raw): raw is RawGroup {
  return typeof raw === 'object' && !(raw instanceof File) && !Array.isArray(raw);
}
