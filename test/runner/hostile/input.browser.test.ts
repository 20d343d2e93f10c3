// Hostile input: refused with one clear error, with nothing written and nobody else disturbed, or kept as it is.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Runner } from '../../../src/index.ts';
import { closeStages, fates, refusal, Stage } from './stage.ts';

const stage = new Stage();
let runner: Runner;

beforeAll(async () => {
  ({ runner } = await stage.open({ maxConcurrent: 1 }));
});
afterAll(closeStages);

/** What comes of payloads, each enqueued amid others of the same turn, which must not mind. */
async function amidOthers(...payloads: unknown[]): Promise<unknown[]> {
  const before = (await runner.list()).total;
  const refused = [];
  for (const payload of payloads) {
    const [first, mine, last] = await Promise.allSettled([
      runner.enqueue('quick'),
      runner.enqueue('quick', payload),
      runner.enqueue('quick'),
    ]);
    expect([first.status, mine.status, last.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    refused.push(mine.status === 'rejected' ? (mine.reason as unknown) : undefined);
  }
  expect((await runner.list()).total).toBe(before + payloads.length * 2);
  return refused;
}

const refusedFor = (code: string) => ({ code, details: { field: 'payload' } });

const spiky = () => ({
  get value(): number {
    throw new Error('a getter with a mind of its own');
  },
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

describe('a payload that cannot be kept is refused with its field, and its neighbours are not', () => {
  test('whatever cannot be cloned, or is too large', async () => {
    const functions = [{ deep: [() => undefined] }, Symbol('odd'), new Proxy({}, {})];
    const things = [new MessageChannel().port1, document.body];
    const large = ['x'.repeat(50_000_000), Array.from({ length: 50 }, (_, i) => `${i}`.repeat(200_000))];
    const refused = await amidOthers(...functions, ...things, ...large);
    const wanted = [...functions, ...things].map(() => refusedFor('payload-not-cloneable'));
    expect(refused).toMatchObject([...wanted, ...large.map(() => refusedFor('payload-too-large'))]);
  });

  test('what messages carry and the database does not', async () => {
    const module = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    expect(await amidOthers({ module })).toMatchObject([refusedFor('payload-not-cloneable')]);
  });

  test('a getter that throws, and a nesting too deep to copy', async () => {
    const refused = await amidOthers(spiky(), ...[501, 1_500, 3_000, 100_000].map(nested));
    expect(refused).toMatchObject(refused.map(() => refusedFor('payload-not-cloneable')));
  });
});

test('A5 what structured cloning keeps comes back as it went in, on a retry and in another tab too', async () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const value = {
    map: new Map<unknown, unknown>([[{ key: 1 }, new Set([1n, Number.NaN])]]),
    date: new Date(0),
    pattern: /a+/giu,
    bytes: new Uint8Array([1, 2, 3]),
    error: new RangeError('kept'),
    nothing: undefined,
    html: '<img src=x onerror=alert(1)>',
    cycle,
  };
  const task = await runner.enqueue('act.plain', { ...stage.part(), value });
  (await stage.entered(task)).tell({ do: 'fail', message: 'again' });
  (await stage.entered(task, 2)).tell({ do: 'return-payload' });
  const result = (await task.result()) as { value: typeof value };
  expect(result.value).toEqual(value);
  expect(result.value.cycle.self).toBe(result.value.cycle);
  const other = await stage.open();
  expect((await other.runner.get(task.id))?.payload).toEqual({ ...stage.part(), value });
});

describe('ids', () => {
  test('A7 the same one from two tabs at once makes one task, whatever it looks like', async () => {
    const there = await stage.open();
    const { completed } = await runner.stats();
    const ids = ['mine', '__proto__', 'constructor', '../..', 'a#0', '🎈', ' ', "';--", '<b>'];
    const enqueue = (tab: Runner, id: string) =>
      tab.enqueue('act.plain', stage.part({ do: 'return', value: id }), { id });
    const tabs = [runner, there.runner, runner, there.runner];
    const handles = await Promise.all(ids.flatMap((id) => tabs.map((tab) => enqueue(tab, id))));
    expect(handles.filter(({ created }) => created)).toHaveLength(ids.length);
    expect(await fates(handles)).toEqual(ids.flatMap((id) => tabs.map(() => id)));
    for (const id of ids) expect(stage.entries({ id })).toHaveLength(1);
    expect((await there.runner.stats()).completed).toBe(completed + ids.length);
  });

  test('that are none are refused, and nothing is written', async () => {
    const { total } = await runner.list();
    for (const id of ['', 'a'.repeat(201), 'a\u0085b', '\0', 5, {}, ['a']]) {
      const refused = await refusal(runner.enqueue('quick', undefined, { id: id as string }));
      expect([id, refused]).toMatchObject([id, { code: 'invalid-request', details: { field: 'id' } }]);
    }
    expect((await runner.list()).total).toBe(total);
  });

  test('that are none are refused by every call that takes one', async () => {
    for (const id of [undefined, null, {}] as never[]) {
      const calls = [runner.get(id), runner.detail(id), runner.cancel(id), runner.retry(id), runner.remove(id)];
      for (const refused of await Promise.all(calls.map(refusal)))
        expect(refused).toMatchObject({ code: 'invalid-request', details: { field: 'id' } });
    }
  });
});

describe('lists', () => {
  test('A4 a page that cannot be is refused, and its field is named', async () => {
    for (const [field, query] of [
      ['limit', { limit: Number.NaN }],
      ['limit', { limit: '5' }],
      ['limit', { limit: null }],
      ['limit', { limit: 1_001 }],
      ['offset', { offset: 0.5 }],
      ['offset', { offset: -1 }],
      ['offset', { offset: Infinity }],
      ['cursor', { cursor: '', offset: 1 }],
      ['cursor', { cursor: '[1,2]' }],
      ['cursor', { cursor: '{"length":3}' }],
      ['cursor', { cursor: 5 }],
    ] as const) {
      const refused = await refusal(runner.list(query as never));
      expect([query, refused]).toMatchObject([query, { code: 'invalid-pagination', details: { field } }]);
    }
  });

  test('A2 a filter that is none is refused, and its field is named', async () => {
    for (const [field, value] of Object.entries({ colour: 'red', status: 'bogus', search: 5, tag: ['a'] })) {
      const refused = await refusal(runner.list({ [field]: value }));
      expect([field, refused]).toMatchObject([field, { code: 'invalid-request', details: { field } }]);
    }
  });

  test('A4 a span of items, artifacts or log lines that cannot be is refused', async () => {
    const task = await runner.enqueue(
      'act.plain',
      stage.part({ do: 'map', handler: 'double', items: [1, 2] }, { do: 'return', value: 'done' }),
    );
    expect(await fates([task])).toEqual(['done']);
    const spans = [
      runner.items(task.id, 'double', { from: -5, limit: 10 }),
      runner.artifacts(task.id, { offset: -1 }),
      runner.log(task.id, { limit: -1 }),
    ];
    for (const refused of await Promise.all(spans.map(refusal)))
      expect(refused).toMatchObject({ code: 'invalid-pagination' });
  });
});

test('a decision whose reason is no text, or very long, is refused', async () => {
  for (const reason of [5, 'x'.repeat(20_001)]) {
    const refused = await refusal(runner.decide('any', { decision: 'failed', reason } as never));
    expect(refused).toMatchObject({ code: 'invalid-request', details: { field: 'reason' } });
  }
});

test('A1 a cancel whose reason is no text, or very long, is refused or cut', async () => {
  for (const reason of ['x'.repeat(1_000_000), { odd: true }]) {
    const task = await runner.enqueue('nobody.knows');
    await refusal(task.cancel(reason as string));
    const after = await task.get();
    const message: unknown = after.status === 'cancelled' ? after.error?.message : '';
    expect(typeof message === 'string' && message.length <= 20_000).toBe(true);
  }
});

test('B1 settings that are none are refused, and the old ones stay', async () => {
  expect(await refusal(stage.open({ maxConcurrent: 0 }))).toMatchObject({ code: 'invalid-request' });
  const bad = [0, -1, 1.5, Number.NaN, Infinity, 65, '4', null, {}].map((maxConcurrent) => ({ maxConcurrent }));
  for (const settings of [...bad, { colour: 'red' }])
    expect(await refusal(runner.configure(settings as never))).toMatchObject({ code: 'invalid-request' });
  expect(await runner.settings()).toMatchObject({ maxConcurrent: 1 });
});

describe('the name of a database', () => {
  test('may be any text', async () => {
    for (const name of ['a/b\\c', '🎈\0']) {
      const { runner: named } = await new Stage(`${name}${crypto.randomUUID()}`).open();
      expect(await named.status()).toMatchObject({ log: 'kept', files: 'opfs' });
      expect(await fates([await named.enqueue('quick')])).toEqual(['done']);
    }
  });

  test('may be nothing, or nothing but dots', async () => {
    for (const name of ['', '..']) {
      const { runner: named } = await new Stage(name).open();
      expect(await named.status()).toMatchObject({ log: 'kept', files: 'opfs' });
    }
  });
});
