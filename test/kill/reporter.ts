// What is told of a cycle: a line for what is wrong, a report with all that is known, and what is only counted.

import type { Tab } from './browser.ts';
import { TooLong } from './browser.ts';
import type { Violation } from './check.ts';
import type { Ledger } from './ledger.ts';
import type { State } from './state.ts';

/** What is known of the cycle under way. */
export interface Story {
  cycle: string;
  kill: string;
  damage?: string;
  [fact: string]: unknown;
}

const MOST_KINDS = 5;

export class Reporter {
  story: Story = { cycle: 'opening', kill: 'nothing killed' };
  readonly #state: State;
  readonly #ledger: Ledger;
  readonly #tabs: () => readonly Tab[];

  constructor(state: State, ledger: Ledger, tabs: () => readonly Tab[]) {
    this.#state = state;
    this.#ledger = ledger;
    this.#tabs = tabs;
  }

  /** Counts violations, writes a report of them, and sees to it that none is told twice. */
  async tell(violations: readonly Violation[], more: object = {}): Promise<void> {
    if (violations.length === 0) return;
    for (const { kind } of violations) this.#state.totals[kind] += 1;
    this.#ledger.note({ kind: 'forget', names: violations.flatMap(({ name }) => this.#taskNamed(name)) });
    const file = await this.#report('', { ...more, violations });
    const kinds = [...new Set(violations.map(({ kind, what }) => `${kind}: ${what}`))].slice(0, MOST_KINDS);
    this.#say(`${violations.length} violations: ${kinds.join('; ')}`, file);
  }

  /** Something went wrong that the checker has no word for; or it took too long. */
  async fail(error: unknown): Promise<void> {
    this.#state.totals[error instanceof TooLong ? 'hung' : 'other'] += 1;
    this.#say(String(error), await this.#report('-failed', { error }));
  }

  async unopenable(error: Error): Promise<void> {
    this.#state.totals.unopenable += 1;
    this.#say(error.message, await this.#report('-unopenable', { error }));
  }

  /** Adds to the totals what the ledger has gathered since the last time. */
  count(): void {
    const { totals } = this.#state;
    const { cycle, kill } = this.story;
    const { starts, acknowledged, extraStarts, refused } = this.#ledger.takeCounts();
    totals.starts += starts;
    totals.acknowledged += acknowledged;
    totals.extraStarts += extraStarts.length;
    totals.refused += refused.length;
    if (extraStarts.length > 0) this.#state.append('extra-starts.jsonl', { cycle, kill, extraStarts });
    for (const { op, answer } of refused) this.#state.append('refused.jsonl', { cycle, kill, op, answer });
  }

  /** A cycle is over. */
  close(): void {
    this.#state.append('journal.jsonl', { ...this.story, at: new Date() });
  }

  #taskNamed(name: string | undefined): string[] {
    const state = name === undefined ? undefined : (this.#ledger.tasks.get(name) ?? this.#ledger.byId(name));
    return state === undefined ? [] : [state.task.name];
  }

  async #report(suffix: string, facts: object): Promise<string> {
    const tabs = await Promise.all(this.#tabs().map(lookInto));
    return this.#state.report(`${this.story.cycle}-${Date.now()}${suffix}`, { story: this.story, ...facts, tabs });
  }

  #say(what: string, file: string): void {
    const { backend, kept } = this.#state;
    const { cycle, kill, damage = 'none' } = this.story;
    console.log(`${backend} ${cycle} (seed ${kept.seed}, ${kill}, damage: ${damage}): ${what}. ${file}`);
  }
}

/** All that a tab can say of itself and of what is unfinished. */
async function lookInto(tab: Tab): Promise<unknown> {
  const { isDead, errors } = tab;
  if (isDead) return { isDead, errors };
  const unfinished = async () => {
    const { claimed, tasks } = await tab.snapshot();
    return { claimed, tasks: tasks.filter(({ status }) => status === 'pending') };
  };
  const [notices, status, left] = await Promise.all([
    tab.notices().catch(String),
    tab.status().catch(String),
    unfinished().catch(String),
  ]);
  return { errors, notices, status, unfinished: left };
}
