// The JSON Schema of a type's payload, of which the board makes a form.

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { fileHash, httpRequest, imageConvert } from '../../src/handlers/index.ts';
import { defineTask, payloadSchemaOf } from '../../src/task/index.ts';

const of = (payload: v.GenericSchema) => payloadSchemaOf(defineTask({ type: 'a', payload, run: () => undefined }));

describe('B2 the schema of a payload', () => {
  test.each([
    [
      'what is optional, with its default',
      v.object({ a: v.optional(v.number(), 5), b: v.nullish(v.boolean()), c: v.string() }),
      { a: { type: 'number', default: 5 }, b: { type: 'boolean' }, c: { type: 'string' } },
    ],
    [
      'limits, titles and descriptions',
      v.object({ a: v.pipe(v.number(), v.integer(), v.minValue(1), v.title('Size'), v.description('In px')) }),
      { a: { type: 'integer', minimum: 1, title: 'Size', description: 'In px' } },
    ],
    [
      'choices',
      v.object({ a: v.picklist(['x', 'y']), b: v.enum({ one: 1 }) }),
      { a: { enum: ['x', 'y'] }, b: { enum: [1] } },
    ],
    [
      'files and dates',
      v.object({ a: v.file(), b: v.date() }),
      { a: { properties: { $type: { const: 'file' } } }, b: { properties: { $type: { const: 'date' } } } },
    ],
    ['anything, where it is not known', v.object({ a: v.bigint(), b: v.lazy(() => v.string()) }), { a: {}, b: {} }],
  ] as [string, v.GenericSchema, object][])('says %s', (_, schema, properties) => {
    expect(of(schema)).toMatchObject({ type: 'object', properties });
  });

  test('is what another validator says of itself', () => {
    const jsonSchema = { input: ({ target }: { target: string }) => ({ type: 'string', $comment: target }) };
    const validate = (value: unknown) => ({ value });
    const payload = { '~standard': { version: 1, vendor: 'other', validate, jsonSchema } } as const;
    const made = payloadSchemaOf(defineTask({ type: 'a', payload, run: () => undefined }));
    expect(made).toEqual({ type: 'string', $comment: 'draft-2020-12' });
  });

  test('is none where nobody can say', () => {
    const validate = (value: unknown) => ({ value });
    const payload = { '~standard': { version: 1, vendor: 'other', validate } } as const;
    expect(payloadSchemaOf(defineTask({ type: 'a', payload, run: () => undefined }))).toBeNull();
    expect(payloadSchemaOf(defineTask({ type: 'a', run: () => undefined }))).toBeNull();
  });

  test('is there of all built-in types, with their files', () => {
    const file = { properties: { $type: { const: 'file' } } };
    expect(payloadSchemaOf(imageConvert)).toMatchObject({
      properties: { files: { type: 'array', items: file }, format: { enum: ['webp', 'jpeg', 'png', 'avif'] } },
      required: ['files', 'format'],
    });
    expect(payloadSchemaOf(fileHash)).toMatchObject({ properties: { files: { items: file } }, required: ['files'] });
    expect(payloadSchemaOf(httpRequest)).toMatchObject({ properties: { url: { type: 'string' } }, required: ['url'] });
  });
});
