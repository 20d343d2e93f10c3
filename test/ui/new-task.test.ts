// The form for a new task: what is typed becomes what the engine takes, and the engine's own checks say what is wrong.

import { describe, expect, test } from 'vitest';
import { httpRequest, imageConvert } from '../../src/handlers/index.ts';
import { payloadSchemaOf } from '../../src/task/index.ts';
import { blankDraft, type Draft, optionsOf } from '../../src/ui/new-task/draft.ts';
import { faultsOf, nextTimes } from '../../src/ui/new-task/faults.ts';
import { blankHttp, httpPayload } from '../../src/ui/new-task/http-form.ts';
import { blankOf, fieldsOf, payloadOf } from '../../src/ui/new-task/payload-form.ts';

const NOW = Date.UTC(2030, 0, 1);
const of = (typed: Partial<Draft>) => optionsOf({ ...blankDraft('UTC'), ...typed });

describe('A5 what was typed', () => {
  test('nothing is nothing: the engine’s defaults hold', () => {
    expect(of({})).toEqual({});
  });

  test('becomes the options of an enqueue', () => {
    const retry = { maxRetries: '5', initialBackoffMs: '', backoffMultiplier: '', maxBackoffMs: '', jitter: '0.5' };
    const typed = of({
      ...{
        name: ' Mail ',
        tags: 'a, b,',
        priority: 'high',
        when: 'cron',
        cron: '0 9 * * *',
        timeZone: 'Europe/Berlin',
      },
      ...{ count: '3', missed: 'skip', network: 'unmetered', flags: ['charging'], whenUnknown: 'wait', retry },
      ...{ timeout: '30s', uniqueKey: 'mail', uniquePolicy: 'latest', dependsOn: [{ id: 'x', name: 'X' }] },
      ...{ id: 'mine', workspace: 'shop', parentId: 'whole', follows: ' report ' },
    });
    expect(typed).toEqual({
      ...{ name: 'Mail', tags: ['a', 'b'], priority: 'high' },
      schedule: { cron: '0 9 * * *', timeZone: 'Europe/Berlin', count: 3, missed: 'skip' },
      constraints: { network: 'unmetered', charging: true, whenUnknown: 'wait' },
      retry: { maxRetries: 5, jitter: 0.5 },
      ...{ timeoutMs: '30s', unique: { key: 'mail', policy: 'latest' } },
      dependsOn: { tasks: ['x'], onFailure: 'cancel' },
      ...{ id: 'mine', workspace: 'shop', parentId: 'whole', onComplete: { type: 'report' } },
    });
    expect(faultsOf(typed, NOW).size).toBe(0);
  });

  test.each([
    ['priority', { priority: '1.5' }],
    ['priority', { priority: 'urgent' }],
    ['schedule.cron', { when: 'cron', cron: '61 * * * *' }],
    ['schedule.timeZone', { when: 'cron', cron: '* * * * *', timeZone: 'Mars/Base' }],
    ['schedule.everyMs', { when: 'every', every: 'often' }],
    ['schedule.count', { when: 'every', count: '0' }],
    ['schedule.endAt', { when: 'every', endAt: '2029-01-01T00:00' }],
    ['schedule.at', { when: 'at', at: '' }],
    ['timeoutMs', { timeout: 'soon' }],
    ['deadline', { deadline: '2029-01-01T00:00' }],
    ['constraints.custom.0', { custom: 'not a name!' }],
    ['id', { id: 'x'.repeat(300) }],
    ['onComplete.type', { follows: 'no type!' }],
  ] as [string, Partial<Draft>][])('is refused at %s', (field, typed) => {
    expect([...faultsOf(of(typed), NOW).keys()]).toEqual([field]);
  });

  test('one fault hides no other', () => {
    const faults = faultsOf(of({ priority: 'x', timeout: 'x', when: 'cron', cron: 'x' }), NOW);
    expect([...faults.keys()].sort()).toEqual(['priority', 'schedule.cron', 'timeoutMs']);
  });
});

describe('D1 the next times', () => {
  test('are those at which the engine would start it', () => {
    expect(nextTimes({ cron: '0 9 * * 1', timeZone: 'UTC' }, NOW, 5)).toHaveLength(5);
    expect(nextTimes({ everyMs: '1h', count: 2 }, NOW, 5)).toEqual([NOW, NOW + 3_600_000]);
    expect(nextTimes({ at: NOW + 5 }, NOW, 5)).toEqual([NOW + 5]);
    expect(nextTimes({ cron: 'x' }, NOW, 5)).toEqual([]);
  });
});

describe('A5 a payload’s form', () => {
  const schema = {
    type: 'object',
    properties: {
      to: { type: 'string' },
      many: { type: 'integer' },
      loud: { type: 'boolean' },
      lines: { type: 'array', items: { type: 'string' } },
      at: { type: 'object', properties: { $type: { const: 'date' } } },
      deep: { type: 'object', properties: { a: { type: 'number' } } },
      any: {},
    },
    required: ['to'],
  };

  test('has a field for each part, by its kind', () => {
    expect(fieldsOf(schema)?.map(({ kind }) => kind)).toEqual([
      ...['text', 'number', 'switch', 'lines', 'date', 'group', 'json'],
    ]);
    expect(fieldsOf(payloadSchemaOf(imageConvert) ?? {})?.map(({ key, kind }) => `${key} ${kind}`)).toEqual([
      ...['files files', 'format choice', 'maxWidth number', 'maxHeight number', 'quality number', 'metadata choice'],
    ]);
    expect(fieldsOf(payloadSchemaOf(httpRequest) ?? {})?.[0]).toMatchObject({ key: 'url', isRequired: true });
  });

  test('untouched, it holds what is required and no more', () => {
    const faults = new Map<string, string>();
    expect(payloadOf(schema, blankOf(schema), faults)).toEqual({ to: '' });
    expect(faults.size).toBe(0);
  });

  test('filled, it holds values of the right kind', () => {
    const raw = {
      to: 'a',
      many: '5',
      loud: true,
      lines: 'x\n\ny',
      at: '2030-01-31T09:00',
      deep: { a: '1' },
      any: '[1]',
    };
    expect(payloadOf(schema, raw, new Map())).toEqual({
      ...{
        to: 'a',
        many: 5,
        loud: true,
        lines: ['x', 'y'],
        at: new Date('2030-01-31T09:00'),
        deep: { a: 1 },
        any: [1],
      },
    });
  });

  test('says where JSON is none, and hands on a number that is none', () => {
    const faults = new Map<string, string>();
    expect(payloadOf(schema, { ...blankOf(schema), many: 'few', any: '{' }, faults)).toMatchObject({ many: 'few' });
    expect([...faults.keys()]).toEqual(['payload.any']);
  });

  test('of a request: headers by line, a body of one kind', () => {
    const faults = new Map<string, string>();
    const raw = {
      ...blankHttp(),
      url: ' https://a.b ',
      method: 'POST',
      headers: 'Accept: x/y\n',
      bodyKind: 'json' as const,
    };
    expect(httpPayload({ ...raw, bodyText: '{"a": 1}' }, faults)).toEqual({
      ...{ url: 'https://a.b', method: 'POST', headers: { Accept: 'x/y' }, body: { json: { a: 1 } } },
    });
    expect(faults.size).toBe(0);
    httpPayload({ ...raw, headers: 'Accept: a\nnonsense', bodyText: '{' }, faults);
    expect([...faults.keys()]).toEqual(['payload.headers', 'payload.body']);
    expect(faults.get('payload.headers')).toContain('Line 2');
  });
});
