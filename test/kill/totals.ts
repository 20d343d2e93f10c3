// What is counted over all cycles of all runs, and the table that shows it.

export const KILLS = {
  'browser killed': 58,
  'renderer crashed': 9,
  'engine terminated': 9,
  'slot terminated': 7,
  'slot ended itself': 6,
  'service worker stopped': 3,
  'tab reloaded': 4,
  'nothing killed': 4,
};
export type Kill = keyof typeof KILLS;

const COUNTS = {
  cycles: 'cycles',
  acknowledged: 'acknowledged',
  lost: 'lost',
  twice: 'recorded twice',
  other: 'other violations',
  hung: 'cycles that hung',
  unopenable: 'database could not be opened',
  extraStarts: 'extra starts',
  starts: 'starts of parts',
  crashed: 'failed as worker-crashed',
  refused: 'operations refused by the engine',
  wipesForced: 'wipes forced',
  wipesSeen: 'wipes by the browser',
  wipesRestored: 'wipes restored',
  redone: 'last changes redone of the log',
  logCut: 'logs cut',
  logFlipped: 'logs with flipped bytes',
  databaseFlipped: 'databases with flipped bytes',
  damageLeft: 'damage left out: log not kept yet',
  bothDamaged: 'log and database damaged at once',
} as const;
type Count = keyof typeof COUNTS;

export type Totals = Record<Count, number> & { kills: Partial<Record<Kill, number>>; ms: number };

export function newTotals(): Totals {
  const counts = Object.fromEntries(Object.keys(COUNTS).map((count) => [count, 0])) as Record<Count, number>;
  return { ...counts, kills: {}, ms: 0 };
}

/** Whether all promises were kept. */
export function isClean({
  lost,
  twice,
  other,
  hung,
  unopenable,
  wipesForced,
  wipesSeen,
  wipesRestored,
}: Totals): boolean {
  return lost + twice + other + hung + unopenable === 0 && wipesRestored === wipesForced + wipesSeen;
}

export function printTotals(byBackend: ReadonlyMap<string, Totals>): void {
  const columns = [...byBackend].map(([name, totals]) => ({ name, totals }));
  if (columns.length > 1) columns.push({ name: 'sum', totals: sumOf([...byBackend.values()]) });
  const line = (label: string, figure: (totals: Totals) => string) => {
    console.log(`${label.padEnd(34)}${columns.map(({ totals }) => figure(totals).padStart(12)).join('')}`);
  };
  console.log(`\n${''.padEnd(34)}${columns.map(({ name }) => name.padStart(12)).join('')}`);
  for (const [count, label] of Object.entries(COUNTS) as [Count, string][]) {
    line(label, (totals) => totals[count].toLocaleString('en'));
    if (count !== 'cycles') continue;
    for (const kill of Object.keys(KILLS) as Kill[]) {
      line(`  ${kill} (weight ${KILLS[kill]})`, ({ kills }) => (kills[kill] ?? 0).toLocaleString('en'));
    }
  }
  line('seconds a cycle', ({ ms, cycles }) => (cycles === 0 ? '-' : (ms / cycles / 1_000).toFixed(1)));
  console.log('\nA SIGKILL keeps what the operating system has cached: this says nothing about power cuts.');
}

function sumOf(all: readonly Totals[]): Totals {
  const sum = newTotals();
  for (const totals of all) {
    for (const count of Object.keys(COUNTS) as Count[]) sum[count] += totals[count];
    for (const kill of Object.keys(KILLS) as Kill[])
      sum.kills[kill] = (sum.kills[kill] ?? 0) + (totals.kills[kill] ?? 0);
    sum.ms += totals.ms;
  }
  return sum;
}
