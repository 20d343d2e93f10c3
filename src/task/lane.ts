// A lane: the ready tasks of one type, version and set of constraints. What closes a lane touches none of its tasks.

import { type Constraints, constraintsKey, parseConstraintsKey } from './constraints.ts';
import type { TaskRow } from './record.ts';

/** Deaths after which a task is a suspect and runs alone. */
export const DEATHS_TO_SUSPECT = 2;
/** What the lanes of suspects begin with. */
export const SUSPECTS = '!alone:';
/** What the lanes of tasks begin with that go before all others. */
const URGENT = '!now:';

export interface Lane {
  type: string;
  version: number;
  /** Its tasks run alone, because they may have ended their worker. */
  alone: boolean;
  /** Its tasks go before all others, whatever the pool is doing. */
  urgent: boolean;
  constraints: Constraints | undefined;
}

type Ready = Pick<TaskRow, 'type' | 'typeVersion' | 'deaths' | 'urgent' | 'constraints'>;

/** The lane that a ready task stands in. */
export function laneOf({ type, typeVersion, deaths = 0, urgent, constraints }: Ready): string {
  const first = deaths >= DEATHS_TO_SUSPECT ? SUSPECTS : urgent === true ? URGENT : '';
  // No type has an @ or a # in it.
  const version = typeVersion > 1 ? `@${typeVersion}` : '';
  return constraints === undefined
    ? `${first}${type}${version}`
    : `${first}${type}${version}#${constraintsKey(constraints)}`;
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
  const urgent = name.startsWith(URGENT);
  const first = alone ? SUSPECTS : urgent ? URGENT : '';
  const [kind = '', constraints = ''] = name.slice(first.length).split('#');
  const [type = '', version = '1'] = kind.split('@');
  return { type, version: Number(version), alone, urgent, constraints: parseConstraintsKey(constraints) };
}
