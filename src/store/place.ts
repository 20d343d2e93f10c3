// A task's place in line, within its lane and in lists: by urgency, then age, then id.

import type { TaskRow } from '../task/index.ts';

/** Sorts as the keys of the indexes do, but for a lane or status before it. */
export type Place = [rank: number, createdAt: number, id: string];

export function placeOf(row: TaskRow): Place {
  return [row.rank, row.createdAt, row.id];
}

export function comparePlaces([rankA, createdA, idA]: Place, [rankB, createdB, idB]: Place): number {
  if (rankA !== rankB) return rankA - rankB;
  if (createdA !== createdB) return createdA - createdB;
  return idA === idB ? 0 : idA < idB ? -1 : 1;
}

export function isBefore(a: Place | undefined, b: Place): boolean {
  return a !== undefined && comparePlaces(a, b) < 0;
}
