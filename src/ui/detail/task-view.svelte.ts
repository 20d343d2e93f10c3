// One task, live: its detail, its payload fetched once, and an estimate of what remains.

import { untrack } from 'svelte';
import type { Runner, StepView, TaskDetail } from '../../runner/index.ts';
import { systemClock, type Task } from '../../task/index.ts';
import { now } from '../time/now.svelte.ts';
import { Remaining } from '../time/remaining.ts';

export class TaskView {
  readonly runner: Runner;
  #id = $state('');
  #detail = $state.raw<TaskDetail>();
  #state = $state<'loading' | 'here' | 'gone'>('loading');
  #whole = $state.raw<Task>();
  #remaining = new Remaining();
  #map = $derived(this.#detail?.steps.find((step) => step.kind === 'map'));

  constructor(runner: Runner) {
    this.runner = runner;
  }

  /** Of the task that is watched, whether it is there or not. */
  get id(): string {
    return this.#id;
  }

  get state(): 'loading' | 'here' | 'gone' {
    return this.#state;
  }

  get detail(): TaskDetail | undefined {
    return this.#detail;
  }

  get task(): Task | undefined {
    return this.#detail?.task;
  }

  /** The payload, also where it is too large to come with each change. */
  get payload(): unknown {
    return this.task?.payload ?? this.#whole?.payload;
  }

  /** The result, likewise. */
  get result(): unknown {
    if (this.task?.status !== 'completed') return undefined;
    return this.task.result ?? (this.#whole?.status === 'completed' ? this.#whole.result : undefined);
  }

  /** The map over items of the current run, if it has one. */
  get map(): StepView | undefined {
    return this.#map;
  }

  /** Milliseconds until it is done, or `undefined` while that cannot be said. */
  get remainingMs(): number | undefined {
    const items = this.#map?.items;
    if (this.task?.status !== 'running' || items === undefined) return undefined;
    return this.#remaining.estimate(items.total - items.done, now.ms);
  }

  /** Begins to watch a task. Returns what stops it. */
  watch(id: string): () => void {
    this.#id = id;
    this.#state = 'loading';
    // What is read while the first answer comes must not become a reason to watch anew.
    return untrack(() => this.runner.watchDetail(id, (detail) => this.#see(detail)));
  }

  #see(detail: TaskDetail | undefined): void {
    const before = this.#detail?.task.status;
    this.#detail = detail;
    this.#state = detail === undefined ? 'gone' : 'here';
    if (detail === undefined) return;
    const items = detail.steps.find((step) => step.kind === 'map')?.items;
    if (items !== undefined) this.#remaining.note(items.done, systemClock.now());
    if (before !== detail.task.status || this.#whole?.runId !== detail.task.runId) void this.#fetchWhole(detail.task);
  }

  /** Payload and result stay as they are while the status does. */
  async #fetchWhole({ id, payload, ...rest }: Task): Promise<void> {
    const isWhole = payload !== undefined && !('result' in rest && rest.result === undefined);
    if (isWhole) return;
    const whole = await this.runner.get(id).catch(() => undefined);
    if (this.task?.id === id) this.#whole = whole;
  }
}
