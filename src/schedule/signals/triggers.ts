// What of the device starts the tasks that wait for it: the moment at which a signal comes, not that it is there.

import type { SignalName, Signals, Trigger } from '../../task/index.ts';

const TRIGGERS = ['online', 'charging', 'visible'] as const satisfies readonly (SignalName & Trigger)[];

/** What has happened between two states of the device. A page that has just come into sight counts, whatever was known before. */
export function triggeredBy(before: Signals, after: Signals): Trigger[] {
  return TRIGGERS.filter(
    (name) =>
      after.get(name) === true && (before.get(name) === false || (name === 'visible' && before.get(name) !== true)),
  );
}
