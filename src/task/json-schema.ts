// JSON Schema (2020-12) of valibot's schemas: strictly of those that are used here, and as far as it goes of a task
// type's own, for a form to be made of. About a kilobyte gzipped, where valibot's own converter has five.

import type { StandardJSONSchemaV1 } from '@standard-schema/spec';
import type * as v from 'valibot';
import type { TaskDefinition } from './define.ts';
import type { Json } from './plain.ts';

export type JsonSchema = Record<string, Json>;

/** What a file's reference looks like. A form offers a file picker for it. */
export const FILE_SCHEMA: JsonSchema = {
  type: 'object',
  properties: { $type: { const: 'file' } },
  required: ['$type'],
};
const DATE_SCHEMA: JsonSchema = { type: 'object', properties: { $type: { const: 'date' } }, required: ['$type'] };

/** What can be in a schema, seen from outside: it is checked by its `type` alone. */
interface Part {
  kind: string;
  type: string;
  pipe?: readonly Part[];
  entries?: Record<string, Part>;
  item?: Part;
  value?: Part;
  wrapped?: Part;
  default?: unknown;
  options?: readonly Part[] | readonly (string | number)[];
  literal?: Json;
  requirement?: unknown;
  title?: string;
  description?: string;
  metadata?: { schema?: JsonSchema; shape?: v.GenericSchema; example?: Json };
}

/** Schemas with a title, by that: they are referred to. Without it titles stay, and what is not known is anything. */
type Named = Map<string, JsonSchema> | undefined;

/** The JSON Schema of what goes in. A schema with a title is put into `named`, and referred to. */
export function toJsonSchema(schema: v.GenericSchema, named: Map<string, JsonSchema>): JsonSchema {
  return convert(schema, named);
}

/** The JSON Schema of a type's payload; null where it has none, or where its validator cannot say. */
export function payloadSchemaOf({ payload }: TaskDefinition): JsonSchema | null {
  if (payload === undefined) return null;
  const standard = payload['~standard'] as Partial<StandardJSONSchemaV1.Props> & { vendor: string };
  try {
    if (standard.jsonSchema !== undefined)
      return standard.jsonSchema.input({ target: 'draft-2020-12' }) as unknown as JsonSchema;
    return standard.vendor === 'valibot' ? convert(payload as unknown as Part, undefined) : null;
  } catch {
    return null;
  }
}

function convert(part: Part, named: Named): JsonSchema {
  const [root = part, ...actions] = part.pipe ?? [part];
  const title = actions.find(({ type }) => type === 'title')?.title;
  if (title !== undefined && named?.has(title)) return refTo(title);
  const made = { ...rootOf(root, named) };
  for (const action of actions) apply(action, made, named);
  if (title === undefined) return made;
  if (named === undefined) return { ...made, title };
  named.set(title, made);
  return refTo(title);
}

function refTo(title: string): JsonSchema {
  return { $ref: `#/components/schemas/${title}` };
}

function rootOf(root: Part, named: Named): JsonSchema {
  const of = (part: Part | undefined) => (part === undefined ? {} : convert(part, named));
  switch (root.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return { type: root.type };
    case 'any':
    case 'unknown':
      return {};
    case 'literal':
      return { const: root.literal ?? null };
    case 'picklist':
    case 'enum':
      return { enum: root.options as Json[] };
    case 'array':
      return { type: 'array', items: of(root.item) };
    case 'record':
      return { type: 'object', additionalProperties: of(root.value) };
    case 'union':
    case 'variant':
      return { anyOf: (root.options as readonly Part[]).map(of) };
    case 'nullable':
      return { anyOf: [of(root.wrapped), { type: 'null' }] };
    case 'optional':
    case 'exact_optional':
    case 'nullish':
      return { ...of(root.wrapped), ...defaultOf(root) };
    case 'object':
    case 'strict_object':
    case 'loose_object':
      return objectOf(root, named);
    case 'date':
      return DATE_SCHEMA;
    case 'file':
    case 'blob':
      return FILE_SCHEMA;
    default:
      if (named === undefined) return {};
      throw new TypeError(`No JSON Schema is known for ${root.type}.`);
  }
}

function defaultOf({ default: given }: Part): JsonSchema {
  return typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean' ? { default: given } : {};
}

const OPTIONAL: readonly (string | undefined)[] = ['optional', 'exact_optional', 'nullish'];

function objectOf({ type, entries = {} }: Part, named: Named): JsonSchema {
  const properties = Object.entries(entries).map(([key, part]) => [key, convert(part, named)] as const);
  const required = Object.keys(entries).filter((key) => !OPTIONAL.includes(entries[key]?.type));
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    ...(type === 'strict_object' && { additionalProperties: false }),
  };
}

const KEYWORDS: Readonly<Record<string, string>> = {
  min_value: 'minimum',
  max_value: 'maximum',
};
const FORMATS: Readonly<Record<string, string>> = { iso_timestamp: 'date-time', email: 'email', url: 'uri' };

function apply({ type, requirement, description, metadata }: Part, made: JsonSchema, named: Named): void {
  const keyword = KEYWORDS[type];
  const format = FORMATS[type];
  if (keyword !== undefined) made[keyword] = Number(requirement);
  else if (format !== undefined) made.format = format;
  else if (type === 'min_length' || type === 'max_length')
    made[type.slice(0, 3) + (made.type === 'array' ? 'Items' : 'Length')] = Number(requirement);
  else if (type === 'integer') made.type = 'integer';
  else if (type === 'description' && description !== undefined) made.description = description;
  else if (metadata !== undefined) {
    const { schema, shape, example } = metadata;
    if (shape !== undefined) Object.assign(made, convert(shape, named));
    if (schema !== undefined) {
      delete made.pattern;
      Object.assign(made, schema);
    }
    if (example !== undefined) made.examples = [example];
  }
}
