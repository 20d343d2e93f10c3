// JSON Schema (2020-12) of the valibot schemas that are used here, and of no others: under a kilobyte gzipped.

import type * as v from 'valibot';
import type { Json } from '../task/index.ts';

export type JsonSchema = Record<string, Json>;

/** What can be in a schema, seen from outside: it is checked by its `type` alone. */
interface Part {
  kind: string;
  type: string;
  pipe?: readonly Part[];
  entries?: Record<string, Part>;
  item?: Part;
  value?: Part;
  wrapped?: Part;
  options?: readonly Part[] | readonly (string | number)[];
  literal?: Json;
  requirement?: unknown;
  title?: string;
  description?: string;
  metadata?: { schema?: JsonSchema; shape?: v.GenericSchema; example?: Json };
}

/** The JSON Schema of what goes in. A schema with a title is put into `named`, and referred to. */
export function toJsonSchema(schema: v.GenericSchema, named: Map<string, JsonSchema>): JsonSchema {
  return convert(schema, named);
}

function convert(part: Part, named: Map<string, JsonSchema>): JsonSchema {
  const [root = part, ...actions] = part.pipe ?? [part];
  const title = actions.find(({ type }) => type === 'title')?.title;
  if (title !== undefined && named.has(title)) return refTo(title);
  const made = { ...rootOf(root, named) };
  for (const action of actions) apply(action, made, named);
  if (title === undefined) return made;
  named.set(title, made);
  return refTo(title);
}

function refTo(title: string): JsonSchema {
  return { $ref: `#/components/schemas/${title}` };
}

function rootOf(root: Part, named: Map<string, JsonSchema>): JsonSchema {
  const of = (part: Part | undefined) => (part === undefined ? {} : convert(part, named));
  switch (root.type) {
    case 'string':
    case 'number':
    case 'boolean':
      return { type: root.type };
    case 'unknown':
      return {};
    case 'literal':
      return { const: root.literal ?? null };
    case 'picklist':
      return { enum: root.options as Json[] };
    case 'array':
      return { type: 'array', items: of(root.item) };
    case 'record':
      return { type: 'object', additionalProperties: of(root.value) };
    case 'union':
      return { anyOf: (root.options as readonly Part[]).map(of) };
    case 'nullable':
      return { anyOf: [of(root.wrapped), { type: 'null' }] };
    case 'optional':
      return of(root.wrapped);
    case 'strict_object':
    case 'loose_object':
      return objectOf(root, named);
    default:
      throw new TypeError(`No JSON Schema is known for ${root.type}.`);
  }
}

function objectOf({ type, entries = {} }: Part, named: Map<string, JsonSchema>): JsonSchema {
  const properties = Object.entries(entries).map(([key, part]) => [key, convert(part, named)] as const);
  const required = Object.keys(entries).filter((key) => entries[key]?.type !== 'optional');
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

function apply(
  { type, requirement, description, metadata }: Part,
  made: JsonSchema,
  named: Map<string, JsonSchema>,
): void {
  const keyword = KEYWORDS[type];
  if (keyword !== undefined) made[keyword] = Number(requirement);
  else if (type === 'min_length' || type === 'max_length')
    made[type.slice(0, 3) + (made.type === 'array' ? 'Items' : 'Length')] = Number(requirement);
  else if (type === 'integer') made.type = 'integer';
  else if (type === 'iso_timestamp') made.format = 'date-time';
  else if (type === 'description' && description !== undefined) made.description = description;
  else if (metadata !== undefined) {
    const { schema, shape, example } = metadata;
    if (shape !== undefined) Object.assign(made, toJsonSchema(shape, named));
    if (schema !== undefined) {
      delete made.pattern;
      Object.assign(made, schema);
    }
    if (example !== undefined) made.examples = [example];
  }
}
