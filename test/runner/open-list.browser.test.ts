// Lists that a person scrolls through: whole, in order, live, and still under the eyes of who reads them.

import { afterEach, describe, expect, test } from 'vitest';
import type { ListPart, ListQuery, OpenedList, Runner } from '../../src/index.ts';
import { closeRunners, newRunner } from '../support/runner.ts';

afterEach(closeRunners);

const FAR = '2100-01-01T00:00:00Z';

/** A list that was opened, with all that it has shown. */
class Watched {
  readonly list: OpenedList;
  readonly parts: ListPart[] = [];
  #told = () => {};

  constructor(runner: Runner, query: ListQuery) {
    this.list = runner.openList(query, (part) => {
      this.parts.push(part);
      this.#told();
    });
  }

  /** Resolves with the next part that satisfies, or the last if that does. */
  async until(satisfies: (part: ListPart) => boolean): Promise<ListPart> {
    for (;;) {
      const last = this.parts.at(-1);
      if (last !== undefined && satisfies(last)) return last;
      await new Promise<void>((resolve) => (this.#told = resolve));
    }
  }
}

async function waiting(runner: Runner, count: number, from = 0): Promise<string[]> {
  const items = Array.from({ length: count }, (_, n) => ({
    type: 'test.noop',
    options: { name: `task ${from + n}`, schedule: { at: FAR } },
  }));
  return (await runner.enqueueMany(items)).map(({ id }) => id);
}

const names = ({ tasks }: ListPart) => tasks.map(({ name }) => name);
const whole = ({ isWhole }: ListPart) => isWhole;

describe('an open list', () => {
  test.each([
    ['the newest first', { sortBy: 'createdAt', sortOrder: 'desc' }],
    ['by priority', { sortBy: 'priority' }],
    ['by type', { sortBy: 'type', sortOrder: 'desc' }],
    ['of a status', { status: 'pending' }],
    ['of a search', { search: 'TASK 1', sortBy: 'createdAt' }],
  ] as const)('A3 is in the order of the pages: %s', async (_, query) => {
    const runner = await newRunner();
    await waiting(runner, 300);
    await runner.enqueueMany([
      { type: 'nobody.knows', options: { priority: 'high', name: 'task 1000' } },
      { type: 'nobody.knows', options: { priority: 'low', name: 'task 1001' } },
    ]);
    const pages = await runner.list({ ...query, limit: 1_000 });
    const watched = new Watched(runner, query);
    const { total } = await watched.until(whole);
    expect(total).toBe(pages.total);
    expect(await watched.list.ids(0, total)).toEqual(pages.tasks.map(({ id }) => id));
    expect(await watched.list.place(pages.tasks.at(-1)?.id ?? '')).toBe(total - 1);
  });

  test('shows the part that is asked for, wherever it lies', async () => {
    const runner = await newRunner();
    await waiting(runner, 500);
    const watched = new Watched(runner, { limit: 10 });
    expect(names(await watched.until(whole))).toEqual(Array.from({ length: 10 }, (_, n) => `task ${n}`));
    watched.list.show(490, 20);
    expect(names(await watched.until(({ from }) => from === 490))).toEqual(
      Array.from({ length: 10 }, (_, n) => `task ${490 + n}`),
    );
  });

  test('counts what is new, and takes it in when asked', async () => {
    const runner = await newRunner();
    await waiting(runner, 5);
    const watched = new Watched(runner, { sortBy: 'createdAt', sortOrder: 'desc' });
    const before = await watched.until(whole);
    await waiting(runner, 3, 5);
    const after = await watched.until(({ fresh }) => fresh === 3);
    expect(names(after)).toEqual(names(before));
    expect(after.total).toBe(5);
    await watched.list.refresh();
    const taken = await watched.until(({ edition }) => edition > after.edition);
    expect(taken).toMatchObject({ total: 8, fresh: 0 });
    expect(names(taken)[0]).toMatch(/task [567]/);
  });

  test('shows the first task at once where there was none', async () => {
    const runner = await newRunner();
    const watched = new Watched(runner, { status: 'pending' });
    await watched.until(whole);
    await waiting(runner, 1);
    expect(names(await watched.until(({ total }) => total === 1))).toEqual(['task 0']);
  });

  test('loses what is deleted or does not belong to it any more, and says how much of that lay above', async () => {
    const runner = await newRunner();
    const ids = await waiting(runner, 100);
    const watched = new Watched(runner, { status: 'pending', limit: 10 });
    await watched.until(whole);
    watched.list.show(50, 10);
    await watched.until(({ from }) => from === 50);
    await runner.remove(ids[0] ?? '');
    await runner.cancel(ids[1] ?? '');
    const moved = await watched.until(({ gone }) => gone === 2);
    expect(moved).toMatchObject({ total: 98, from: 48 });
    expect(names(moved)[0]).toBe('task 50');
    // Asked for by somebody who does not know yet of the two that are gone.
    watched.list.show(60, 10, 0);
    expect(names(await watched.until(({ from }) => from === 58))[0]).toBe('task 60');
  });

  test('is live: what is shown changes with the task', async () => {
    const runner = await newRunner();
    const [id = ''] = await waiting(runner, 1);
    const watched = new Watched(runner, {});
    await watched.until(whole);
    await runner.update(id, { name: 'renamed' });
    await watched.until((part) => names(part)[0] === 'renamed');
  });

  test('F3 has only one’s own tasks, but for an admin', async () => {
    const runner = await newRunner();
    await waiting(runner, 2);
    const ana = runner.as({ user: 'ana', role: 'operator' });
    await ana.enqueue('nobody.knows', undefined, { name: 'hers' });
    expect(names(await new Watched(ana, {}).until(whole))).toEqual(['hers']);
    expect((await new Watched(ana, { creator: 'local' }).until(whole)).total).toBe(0);
    expect((await new Watched(runner, {}).until(whole)).total).toBe(3);
  });

  test('refuses a filter that is none', async () => {
    const runner = await newRunner();
    expect(() => runner.openList({ status: 'odd' } as never, () => {})).toThrow('status must be one of');
  });
});

describe('A12 many at once', () => {
  test('can be named, or be all but some', async () => {
    const runner = await newRunner();
    const ids = await waiting(runner, 10);
    const some = { ids: [...ids.slice(0, 4), ids[0] ?? '', 'nobody'] };
    expect(await runner.bulk('cancel', some, { dryRun: true })).toMatchObject({ matched: 4, changed: 0 });
    expect(await runner.bulk('cancel', { ...some, status: 'failed' })).toMatchObject({ matched: 0 });
    expect((await runner.bulk('cancel', some)).ids).toEqual(ids.slice(0, 4));
    const left = await runner.bulk('cancel', { status: 'pending', except: ids.slice(8) });
    expect(left.ids).toEqual(ids.slice(4, 8));
    expect((await runner.stats()).pending).toBe(2);
  });
});

describe('D2 what comes back by itself', () => {
  test('can be listed alone, and left out', async () => {
    const runner = await newRunner();
    await runner.enqueue('nobody.knows', undefined, { name: 'again', schedule: { everyMs: 3_600_000, startAt: FAR } });
    await runner.enqueue('nobody.knows', undefined, { name: 'cron', schedule: { cron: '0 3 * * *' } });
    await waiting(runner, 1);
    const listed = async (recurring: boolean) => (await runner.list({ recurring })).tasks.map(({ name }) => name);
    expect(await listed(true)).toEqual(['again', 'cron']);
    expect(await listed(false)).toEqual(['task 0']);
    await expect(runner.list({ recurring: 'yes' } as never)).rejects.toMatchObject({ details: { field: 'recurring' } });
  });
});

describe('A10 one’s own recent tasks', () => {
  test('are watched, and nobody else’s', async () => {
    const runner = await newRunner();
    const seen: string[][] = [];
    const told = Promise.withResolvers<undefined>();
    const stop = runner.as({ user: 'ana', role: 'operator' }).watchRecent((tasks) => {
      seen.push(tasks.map(({ name }) => name));
      if (tasks.length > 0) told.resolve(undefined);
    });
    await waiting(runner, 1);
    await runner.as({ user: 'ana', role: 'operator' }).enqueue('nobody.knows', undefined, { name: 'hers' });
    await told.promise;
    stop();
    expect(seen.at(-1)).toEqual(['hers']);
    expect(seen.flat()).not.toContain('task 0');
  });
});
