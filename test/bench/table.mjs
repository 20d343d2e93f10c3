// The table that `npm run bench` prints.

import { GOALS } from './goals.mjs';

/** @typedef {{ ours: number, limit: number }} Figures */

const HEAD = ['what', 'ours', 'limit', 'against', 'ratio', 'spread', 'goal', 'met'];

/**
 * Prints the medians. Says how many goals were missed.
 * @param {Record<string, Figures[]>} figures Of each row, one of each round.
 */
export function printTable(figures) {
  const rows = Object.entries(GOALS).flatMap(([name, goal]) => (figures[name] ? [rowOf(goal, figures[name])] : []));
  const lines = [HEAD, ...rows.map(({ cells }) => cells)];
  const widths = HEAD.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  for (const line of lines)
    console.log(
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  const missed = rows.filter(({ met }) => !met).length;
  console.log(`\n${rows.length - missed} of ${rows.length} goals met`);
  return missed;
}

/**
 * @param {import('./goals.mjs').Goal} goal
 * @param {Figures[]} rounds
 */
function rowOf(goal, rounds) {
  const { what, unit, against, atLeast = -Infinity, atMost = Infinity, orOurs = -Infinity } = goal;
  const ours = median(rounds.map((round) => round.ours));
  const limit = median(rounds.map((round) => round.limit));
  const ratios = rounds.map((round) =>
    goal.ratio === 'ours/limit' ? round.ours / round.limit : round.limit / round.ours,
  );
  const ratio = median(ratios);
  const met = (ratio >= atLeast && ratio <= atMost) || ours <= orOurs;
  const wanted = Number.isFinite(atLeast) ? `≥ ${atLeast}` : `≤ ${atMost}`;
  const spread = ratios.length > 1 ? `${short(Math.min(...ratios))}–${short(Math.max(...ratios))}` : '';
  const or = Number.isFinite(orOurs) ? ` or ≤ ${orOurs} ${unit}` : '';
  const cells = [
    what,
    show(ours, unit),
    show(limit, unit),
    against,
    short(ratio),
    spread,
    wanted + or,
    met ? 'yes' : 'NO',
  ];
  return { cells, met };
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
}

/**
 * @param {number} value
 * @param {string} unit
 */
function show(value, unit) {
  return unit === '/s' && value >= 100 ? `${Math.round(value).toLocaleString('en')}/s` : `${short(value)} ${unit}`;
}

/** @param {number} value */
function short(value) {
  return value.toFixed(value < 10 ? 2 : 1);
}
