// What must be so when a history has come to its end, whatever befell it on the way. Each complaint is one sentence.

import { isDeepStrictEqual } from 'node:util';
import type { Runner } from '../../../src/runner/index.ts';
import type { World } from '../world/world.ts';
import type { Ledger } from './ledger.ts';
import { ITEMS, NOOPS, NOTE } from './story.ts';
import { claimed, counted, type Tables, tablesOf } from './tables.ts';

export const DATABASE = 'sim';
const CONTENT = `made of ${Array.from({ length: ITEMS }, (_, i) => i * 2).join(' ')}`;
const RESULT = { made: ['plan!', 'fetch!', 'sort!'], read: NOTE, large: 'x'.repeat(3_000) };

export interface Expected {
  /** Attempts that may have failed, the one that is meant to included. */
  mostFailures: number;
}

/** What is wrong with what is stored and shown, after all has ended. */
export async function complaintsOf(
  world: World,
  runner: Runner,
  ledger: Ledger,
  expected: Expected,
): Promise<string[]> {
  const tables = await tablesOf(world, DATABASE);
  return [
    ...ledger.complaints,
    ...statusesIn(tables, expected),
    ...recordsIn(tables),
    ...countsIn(tables),
    ...(await world.play(shownBy(runner, tables))),
    ...filesIn(world, tables),
  ];
}

function statusesIn({ tasks }: Tables, { mostFailures }: Expected): string[] {
  const statuses = Object.fromEntries(tasks.map(({ id, status }) => [id, status]));
  const wanted = Object.fromEntries([
    ['endless', 'cancelled'],
    ['photos', 'completed'],
    ...NOOPS.map((id) => [id, 'completed'] as const),
  ]);
  const failures = tasks.find((row) => row.id === 'photos')?.failures ?? 0;
  return [
    ...unlike('the tasks', statuses, wanted),
    ...(failures < 1 || failures > mostFailures ? [`photos failed ${failures} times`] : []),
  ];
}

function recordsIn({ steps, chunks, values }: Tables): string[] {
  const recorded = steps.map(({ taskId, stepSet, name, status }) => `${taskId}/${stepSet}/${name} ${status}`);
  const items = chunks.flatMap(({ from, results }) => results.map((result, i) => [from + i, result]));
  const inOrder = items.sort(([a = 0], [b = 0]) => Number(a) - Number(b));
  const result = values.find((row) => row.kind === 'result')?.value as typeof RESULT | undefined;
  return [
    ...unlike(
      'the steps',
      recorded.sort(),
      ['double', 'fetch', 'plan', 'sort'].map((name) => `photos/0/${name} completed`),
    ),
    ...unlike(
      'the items',
      inOrder,
      Array.from({ length: ITEMS }, (_, i) => [i, i * 2]),
    ),
    ...unlike(
      'the result',
      result === undefined ? undefined : { made: result.made, read: result.read, large: result.large },
      RESULT,
    ),
  ];
}

function countsIn(tables: Tables): string[] {
  const { kept, anew } = counted(tables);
  return [...unlike('what is kept counted', kept, anew), ...claimed(tables).map((id) => `a claim is left on ${id}`)];
}

async function shownBy(runner: Runner, { tasks }: Tables): Promise<string[]> {
  const { completed, cancelled, failed, pending, running } = await runner.stats();
  const of = (status: string) => tasks.filter((row) => row.status === status).length;
  const { artifacts } = await runner.detail('photos');
  const texts = await Promise.all(artifacts.map(async (file) => (await runner.openFile(file)).text()));
  return [
    ...unlike(
      'the stats',
      [completed, cancelled, failed, pending, running],
      [of('completed'), of('cancelled'), 0, 0, 0],
    ),
    ...unlike(
      'the artifacts',
      artifacts.map(({ name }) => name),
      ['made.txt'],
    ),
    ...unlike('the artifact', texts, [CONTENT]),
  ];
}

/** Every file that a row names has its bytes, in OPFS or in the row. */
function filesIn(world: World, { files }: Tables): string[] {
  const kept = new Map(world.origin.disk.files());
  const sizeOf = (id: string, data: Blob | ArrayBuffer | undefined) =>
    data instanceof Blob ? data.size : (data?.byteLength ?? kept.get(`errand/${DATABASE}/files/${id}`)?.size);
  return files.flatMap(({ id, size, data }) => unlike(`file ${id}`, sizeOf(id, data), size));
}

/** A database made again of its log must have the same rows. */
export function differences(before: Tables, after: Tables): string[] {
  const { meta: _before, ...kept } = before;
  const { meta: _after, ...made } = after;
  return unlike('what the log gives', made, kept);
}

function unlike(what: string, is: unknown, wanted: unknown): string[] {
  if (isDeepStrictEqual(is, wanted)) return [];
  return [`${what}: ${shown(is)}, not ${shown(wanted)}`];
}

function shown(value: unknown): string {
  const plain = (_: string, each: unknown) =>
    each instanceof Map ? Object.fromEntries(each as Map<string, unknown>) : each;
  const text = JSON.stringify(value, plain) as string | undefined;
  return (text ?? 'nothing').slice(0, 600);
}
