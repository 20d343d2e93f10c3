// Which lists and spans there can be.

import { describe, expect, test } from 'vitest';
import { checkQuery, checkSpan, type ListQuery } from '../../src/task/index.ts';

const refused = (code: string, field: string) => expect.objectContaining({ code, details: { field } }) as Error;

describe('a list', () => {
  test('A2 may be asked for by every filter, left out or not', () => {
    const queries: ListQuery[] = [
      {},
      { status: 'running' },
      { status: ['pending', 'failed'], type: 'a', workspace: 'b', creator: 'c', tag: 'd', parentId: 'e', search: 'f' },
      { limit: 1_000, offset: 5 },
      { cursor: '[0,1,"id"]', offset: 0 },
      { from: 0, to: new Date(5), sortBy: 'createdAt', sortOrder: 'desc' },
      { from: '2024-06-01T00:00:00+02:00', sortBy: 'updatedAt', cursor: '["updatedAt","asc",null,1,"id"]' },
    ];
    for (const query of queries) expect(() => checkQuery(query)).not.toThrow();
    expect(() => checkQuery({ status: undefined, limit: undefined } as never)).not.toThrow();
  });

  test.each([
    ['colour', { colour: 'red' }],
    ['__proto__', JSON.parse('{"__proto__":"x"}')],
    ['toString', { toString: 'x' }],
    ['status', { status: 'bogus' }],
    ['status', { status: ['pending', 5] }],
    ['status', { status: null }],
    ['search', { search: 5 }],
    ['tag', { tag: ['a'] }],
    ['from', { from: '1 June' }],
    ['to', { to: {} }],
    ['sortBy', { sortBy: 'toString' }],
    ['sortOrder', { sortOrder: 1 }],
    ['query', null],
    ['query', 'pending'],
  ])('A2 names the filter that is none: %s', (field, query) => {
    expect(() => checkQuery(query as never)).toThrow(refused('invalid-request', field));
  });
});

describe('a span', () => {
  test('A4 may be left out, in part or whole', () => {
    for (const span of [{}, { limit: 1 }, { offset: 3 }]) expect(() => checkSpan(span)).not.toThrow();
    expect(() => checkSpan({ from: 3, limit: 1_000 }, 'from')).not.toThrow();
  });

  test.each([
    ['limit', { limit: 0 }],
    ['limit', { limit: 1_001 }],
    ['limit', { limit: '5' }],
    ['offset', { offset: -1 }],
    ['offset', { offset: Number.NaN }],
  ])('A4 names the field at fault: %s', (field, span) => {
    expect(() => checkSpan(span as never)).toThrow(refused('invalid-pagination', field));
  });

  test('A4 of items begins at an index', () => {
    expect(() => checkSpan({ from: -5, limit: 10 }, 'from')).toThrow(refused('invalid-pagination', 'from'));
  });
});
