// The pause rules that name steps: what each running attempt has to know of them.

import type { StepPause } from '../pool/index.ts';
import type { PauseRow } from '../store/index.ts';
import { pausesStepsOf, type TaskRow } from '../task/index.ts';
import type { Attempt } from './attempt.ts';

const NONE: readonly PauseRow[] = [];

export class StepPauses {
  #rules: readonly PauseRow[] = NONE;
  #key = '';

  /** What keeps a task from some of its steps. `undefined`: nothing. */
  of(row: TaskRow, now: number): StepPause[] | undefined {
    const rules = this.#rules.filter((rule) => pausesStepsOf(rule, row, now));
    if (rules.length === 0) return undefined;
    return rules.map(({ ruleId, stepPattern = '', expiresAt = Infinity }) => ({
      ruleId,
      pattern: stepPattern,
      until: expiresAt,
    }));
  }

  /** Takes the rules in force. Where they have changed, those that run are told. */
  take(rules: readonly PauseRow[] = NONE, running: Iterable<Attempt>, now: number): void {
    const naming = rules.length === 0 ? NONE : rules.filter((rule) => rule.stepPattern !== undefined);
    const key = naming.map(({ ruleId }) => ruleId).join();
    if (key === this.#key) return;
    this.#rules = naming;
    this.#key = key;
    for (const attempt of running) {
      const pauses = this.of(attempt.row, now);
      if (pauses !== undefined || attempt.pausedSteps !== undefined) attempt.pauseSteps(pauses ?? []);
    }
  }
}
