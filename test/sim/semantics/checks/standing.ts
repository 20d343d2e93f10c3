// What must be so after every commit, whatever came before it.

import { isDeepStrictEqual } from 'node:util';
import type { Counts } from '../../../../src/store/schema.ts';
import type { TaskRow } from '../../../../src/task/index.ts';
import type { Disk } from '../disk.ts';
import type { Facts } from '../facts.ts';
import { POLICIES } from '../types.ts';
import { tooManyEquals } from './unique.ts';

const COUNTED = ['counts', 'lanes', 'timed', 'blocked', 'children', 'expiring', 'trashed'] as const;

export class Standing {
  readonly #disk: Disk;
  readonly #facts: Facts;

  constructor(disk: Disk, facts: Facts) {
    this.#disk = disk;
    this.#facts = facts;
  }

  /** To be called after each commit, with the tasks that it claimed. */
  look(claimed: readonly string[]): void {
    this.#count();
    this.#leads(claimed);
    this.#limits();
    for (const complaint of tooManyEquals(this.#disk, this.#facts)) this.#facts.complain(complaint);
  }

  /** What is kept counted is what a count gives. */
  #count(): void {
    const { head, tasks, trash } = this.#disk;
    if (head === undefined) return;
    const anew = { ...countOf([...tasks.values()]), trashed: trash.size };
    for (const key of COUNTED)
      if (!isDeepStrictEqual(head[key], anew[key]))
        this.#facts.complain(`${key} are kept as ${shown(head[key])}, counted they are ${shown(anew[key])}`);
  }

  /** Only the leader claims. Nobody leads what was made again of the log, old claims included. */
  #leads(claimed: readonly string[]): void {
    const { head, claims } = this.#disk;
    if (head?.leader === null) return;
    for (const id of claimed)
      if (claims.get(id)?.engineId !== head?.leader) this.#facts.complain(`${id} is claimed by one that does not lead`);
  }

  /** No more of a type, or of a concurrency key, than may run at once. */
  #limits(): void {
    const { claims, tasks } = this.#disk;
    const types = new Map<string, number>();
    const keys = new Map<string, number>();
    for (const [id, { type }] of claims) {
      types.set(type, (types.get(type) ?? 0) + 1);
      const key = tasks.get(id)?.concurrencyKey;
      if (key !== undefined) keys.set(key, (keys.get(key) ?? 0) + 1);
    }
    for (const [type, count] of types) {
      const most = (POLICIES as Record<string, { concurrency?: number }>)[type]?.concurrency ?? Infinity;
      if (count > most) this.#facts.complain(`${count} of ${type} are claimed at once`);
    }
    for (const [key, count] of keys)
      if (count > 1) this.#facts.complain(`${count} of the key ${key} are claimed at once`);
  }
}

function countOf(rows: readonly TaskRow[]) {
  const counts = new Map<string, Counts>();
  const lanes = new Map<string, number>();
  for (const { creator, type, status, lane } of rows) {
    const group = `${creator}\0${type}`;
    const count = counts.get(group) ?? { pending: 0, completed: 0, failed: 0, cancelled: 0 };
    counts.set(group, { ...count, [status]: count[status] + 1 });
    if (lane !== undefined) lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
  }
  const having = (field: keyof TaskRow) => rows.filter((row) => row[field] !== undefined);
  return {
    ...{ counts, lanes, timed: having('dueAt').length, blocked: having('blockedBy').length },
    children: having('parentId').filter(({ status }) => status === 'pending').length,
    expiring: having('expiresAt').length,
  };
}

function shown(value: unknown): string {
  const plain = (_: string, each: unknown) =>
    each instanceof Map ? Object.fromEntries(each as Map<string, unknown>) : each;
  return JSON.stringify(value, plain);
}
