// A lane: the ready tasks of one type, version and set of constraints. What closes a lane touches none of its tasks.

import type { TaskRow } from './record.ts';

/** Deaths after which a task is a suspect and runs alone. */
export const DEATHS_TO_SUSPECT = 2;
/** What the lanes of suspects begin with. */
export const SUSPECTS = '!alone:';

export interface Lane {
  type: string;
  version: number;
  /** Its tasks run alone, because they may have ended their worker. */
  alone: boolean;
}

/** The lane that a ready task stands in. */
export function laneOf({ type, typeVersion, deaths = 0 }: Pick<TaskRow, 'type' | 'typeVersion' | 'deaths'>): string {
  const alone = deaths >= DEATHS_TO_SUSPECT ? SUSPECTS : '';
  // No type has an @ in it.
  return typeVersion > 1 ? `${alone}${type}@${typeVersion}` : `${alone}${type}`;
}

const parsed = new Map<string, Lane>();

/** What a lane's name says. */
export function parseLane(name: string): Lane {
  let lane = parsed.get(name);
  if (lane === undefined) parsed.set(name, (lane = parse(name)));
  return lane;
}

function parse(name: string): Lane {
  const alone = name.startsWith(SUSPECTS);
  const [type = '', version = '1'] = name.slice(alone ? SUSPECTS.length : 0).split('@');
  return { type, version: Number(version), alone };
}
