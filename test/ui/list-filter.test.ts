// What a person has filtered and sorted stands in the address, and comes back from it.

import { describe, expect, it } from 'vitest';
import { addressOf, EVERYTHING, filterOf, isFiltered, queryOf, sortedBy } from '../../src/ui/list/list-filter.ts';

const SOME = {
  status: 'unfinished',
  type: 'image.convert',
  tag: 'a&b=c',
  creator: 'ana',
  search: 'ünï 100%',
  sortBy: 'priority',
  sortOrder: 'asc',
} as const;

describe('F2 a filter in the address', () => {
  it('comes back as it went', () => {
    expect(filterOf(new URLSearchParams(addressOf(SOME)))).toEqual(SOME);
    expect(filterOf(new URLSearchParams(addressOf({ ...EVERYTHING, sortBy: 'type' })))).toMatchObject({
      sortBy: 'type',
    });
  });

  it('says nothing where everything is shown', () => {
    expect(addressOf(EVERYTHING)).toBe('');
    expect(filterOf(new URLSearchParams())).toEqual(EVERYTHING);
  });

  it('ignores what it does not know', () => {
    expect(filterOf(new URLSearchParams('status=odd&sort=colour&order=up&page=7'))).toEqual(EVERYTHING);
  });

  it('is what the runner is asked for', () => {
    expect(queryOf(SOME)).toEqual({
      status: ['pending', 'running'],
      type: 'image.convert',
      tag: 'a&b=c',
      creator: 'ana',
      search: 'ünï 100%',
      sortBy: 'priority',
      sortOrder: 'asc',
    });
    expect(queryOf({ ...EVERYTHING, search: '  ' })).toEqual({ sortBy: 'createdAt', sortOrder: 'desc' });
  });

  it('leaves something out, or only sorts', () => {
    expect(isFiltered({ ...EVERYTHING, tag: 'home' })).toBe(true);
    expect(isFiltered({ ...EVERYTHING, sortBy: 'type', search: ' ' })).toBe(false);
  });
});

describe('a click on the head of a column', () => {
  it('sorts by it, and turns the order round the next time', () => {
    const once = sortedBy(EVERYTHING, 'priority');
    expect(once).toMatchObject({ sortBy: 'priority', sortOrder: 'desc' });
    expect(sortedBy(once, 'priority')).toMatchObject({ sortBy: 'priority', sortOrder: 'asc' });
    expect(sortedBy(once, 'type')).toMatchObject({ sortBy: 'type', sortOrder: 'asc' });
  });
});
