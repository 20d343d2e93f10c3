// The timeline's arithmetic: what ran is drawn to scale, what did not is folded, and nothing is lost on the way.

import { describe, expect, test } from 'vitest';
import type { StepView, TaskDetail } from '../../src/runner/index.ts';
import type { AttemptRow, RunRow } from '../../src/task/index.ts';
import { placeOf, timelineOf } from '../../src/ui/detail/timeline.ts';

const HOUR = 3_600_000;

function detailOf({
  runs,
  steps = [],
  task = {},
}: {
  runs: Partial<RunRow>[];
  steps?: Partial<StepView>[];
  task?: object;
}) {
  const detail = {
    task: { status: 'completed', lastRunAt: null, ...task },
    runs: runs.map((run, index) => ({ index, ...run })),
    steps: steps.map((step) => ({ kind: 'step', status: 'completed', attempts: [], ...step })),
  };
  return detail as unknown as TaskDetail;
}

const attempt = (startedAt: number, endedAt: number, outcome: AttemptRow['outcome'] = 'failed'): AttemptRow => ({
  attempt: 1,
  outcome,
  startedAt,
  endedAt,
});

describe('C2 a timeline', () => {
  test('is to scale where nothing is folded', () => {
    const runs = [{ startedAt: 0, finishedAt: 1_000, status: 'completed' as const }];
    const { tracks, stretches } = timelineOf(detailOf({ runs, steps: [{ startedAt: 250, completedAt: 750 }] }), 0);
    expect(stretches).toEqual([{ from: 0, to: 1_000, left: 0, width: 100, isFolded: false }]);
    expect(tracks[1]?.bars.map(({ from, to }) => [placeOf(from, stretches), placeOf(to, stretches)])).toEqual([
      [25, 75],
    ]);
  });

  test('folds an hour in which nothing happened', () => {
    const runs = [{ attempts: [attempt(0, 1_000), attempt(HOUR, HOUR + 1_000, 'succeeded')] }];
    const { tracks, stretches } = timelineOf(detailOf({ runs }), 0);
    expect(stretches.map((each) => each.isFolded)).toEqual([false, true, false]);
    expect(stretches.reduce((sum, each) => sum + each.width, 0)).toBeCloseTo(100);
    const [first, second] = (tracks[0]?.bars ?? []).map(
      ({ from, to }) => placeOf(to, stretches) - placeOf(from, stretches),
    );
    expect(first).toBeCloseTo(second ?? 0);
    expect(first).toBeGreaterThan(40);
  });

  test('a sleep is a wait: it is folded like any other', () => {
    const steps = [
      { startedAt: 0, completedAt: 500 },
      { kind: 'sleep' as const, startedAt: 500, completedAt: HOUR },
    ];
    const runs = [{ attempts: [attempt(0, 500, 'parked'), attempt(HOUR, HOUR + 500, 'succeeded')] }];
    const { tracks, stretches } = timelineOf(detailOf({ runs, steps }), 0);
    expect(stretches.some((each) => each.isFolded)).toBe(true);
    expect(tracks[2]?.bars).toEqual([{ from: 500, to: HOUR, state: 'waiting' }]);
  });

  test('what runs now grows', () => {
    const detail = detailOf({
      runs: [{ attempts: [attempt(0, 100)] }],
      steps: [{ status: 'running', startedAt: 200 }],
      task: { status: 'running', lastRunAt: 150 },
    });
    const ends = (now: number) => timelineOf(detail, now).tracks.map((track) => track.bars.at(-1));
    expect(ends(400)).toMatchObject([
      { from: 150, to: 400, state: 'running', attempt: 2 },
      { from: 200, to: 400, state: 'running' },
    ]);
    expect(ends(900)[0]).toMatchObject({ to: 900 });
  });

  test('a task that never began has nothing to draw', () => {
    const { tracks, stretches } = timelineOf(detailOf({ runs: [{}] }), 0);
    expect([tracks[0]?.bars, stretches]).toEqual([[], []]);
  });

  test('of very many runs the newest are shown, and the others counted', () => {
    const runs = Array.from({ length: 1_000 }, (_, i) => ({ startedAt: i * HOUR, finishedAt: i * HOUR + 10 }));
    const { tracks, stretches, earlierRuns } = timelineOf(detailOf({ runs }), 0);
    expect([tracks.length, earlierRuns]).toEqual([20, 980]);
    expect(stretches.reduce((sum, each) => sum + each.width, 0)).toBeCloseTo(100);
    expect(tracks.at(-1)?.run?.index).toBe(999);
  });
});
