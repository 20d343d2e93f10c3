// The orders in which a list can be read. Those that are equal are sorted by age, then id, whichever way the list goes.

import { type Claim, type ListPlace, scheduledAtOf, type Sort, type TaskId, type TaskRow } from '../task/index.ts';

export interface Order {
  sort: Sort;
  /** Where a task stands in it. */
  placeOf: (row: TaskRow) => ListPlace;
  compare: (a: ListPlace, b: ListPlace) => number;
}

export function orderOf(sort: Sort, claims: ReadonlyMap<TaskId, Claim>): Order {
  const valueOf = valuesOf(sort, claims);
  const sign = isBackwards(sort) ? -1 : 1;
  return {
    sort,
    placeOf: (row) => [valueOf(row), row.createdAt, row.id],
    compare: ([a, createdA, idA], [b, createdB, idB]) =>
      compareValues(a, b, sign) || createdA - createdB || (idA === idB ? 0 : idA < idB ? -1 : 1),
  };
}

/** Whether the greater value comes first. Ranks are negative priorities. */
export function isBackwards({ sortBy, sortOrder }: Sort): boolean {
  return (sortOrder === 'desc') !== (sortBy === 'priority');
}

function valuesOf({ sortBy }: Sort, claims: ReadonlyMap<TaskId, Claim>): (row: TaskRow) => ListPlace[0] {
  switch (sortBy) {
    case 'priority':
      return (row) => row.rank;
    case 'status':
      return (row) => (claims.has(row.id) ? 'running' : row.status);
    case 'type':
      return (row) => row.type;
    case 'createdAt':
      return (row) => row.createdAt;
    case 'updatedAt':
      return (row) => row.updatedAt ?? null;
    case 'scheduledAt':
      return scheduledAtOf;
  }
}

function compareValues(a: ListPlace[0], b: ListPlace[0], sign: number): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -sign : sign;
}

/** Keeps the first of all places that it is shown, and no more than twice as many. */
export class First {
  readonly #most: number;
  readonly #compare: Order['compare'];
  #places: ListPlace[] = [];
  /** None after this one is among the first. */
  #last: ListPlace | undefined;

  constructor(most: number, { compare }: Order) {
    this.#most = most;
    this.#compare = compare;
  }

  add(place: ListPlace): void {
    if (this.#last !== undefined && this.#compare(place, this.#last) > 0) return;
    this.#places.push(place);
    if (this.#places.length >= 2 * this.#most) this.#cut();
  }

  /** In their order. */
  get places(): readonly ListPlace[] {
    this.#cut();
    return this.#places;
  }

  #cut(): void {
    this.#places.sort(this.#compare);
    this.#places.length = Math.min(this.#places.length, this.#most);
    if (this.#places.length === this.#most) this.#last = this.#places.at(-1);
  }
}
