// Unique work: what each policy says of the unfinished tasks of one key. Those that somebody had run again are left out.

import type { TaskRow } from '../../../../src/task/index.ts';
import type { Disk } from '../disk.ts';
import type { Facts } from '../facts.ts';

/** What must be so after a commit of the tasks of one key. */
export function tooManyEquals(disk: Disk, facts: Facts): string[] {
  const byKey = new Map<string, TaskRow[]>();
  for (const row of disk.tasks.values()) {
    if (row.unique === undefined || row.status !== 'pending' || row.run.trigger !== 'initial') continue;
    if (facts.wasHadBack(row.id)) continue;
    byKey.set(row.unique.key, [...(byKey.get(row.unique.key) ?? []), row]);
  }
  return [...byKey].flatMap(([key, rows]) => {
    const running = rows.filter(({ id }) => disk.claims.has(id)).length;
    const fresh = rows.filter(({ id, run }) => run.startedAt === undefined && !disk.claims.has(id)).length;
    const isTooMany =
      key === 'keep' || key === 'replace' ? rows.length > 1 : key === 'debounce' ? fresh > 1 : running > 1;
    const isPiledUp = key === 'latest' && fresh > 1;
    return isTooMany || isPiledUp ? [`of the key ${key} there are ${rows.map(({ id }) => id).join(', ')} at once`] : [];
  });
}
