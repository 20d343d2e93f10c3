// What is known outside the browser: what was asked for, what was acknowledged, which parts began and which were
// recorded. Each event is on the disk before anything is concluded from it, so that a run that is broken off goes on.

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Answer, NewTask, Op, Recorded, Report, Shown, Start } from './protocol.ts';

/** An operation that was planned. Until it is answered, nobody knows whether it was done. */
export interface OpState {
  op: Op;
  /** The numbers of the events at which it began and ended. */
  begun: number;
  ended: number;
  answer?: Answer;
}

/** What the last check saw of a task. */
export interface Seen extends Shown {
  run: number;
}

export interface TaskState {
  task: NewTask;
  id: string | undefined;
  /** The operation by which it came in. */
  arrival: OpState;
  enqueued: 'maybe' | 'yes' | 'refused';
  /** Somebody was told so; else it was only seen. */
  acknowledged: boolean;
  /** It was seen to be removed. */
  gone: boolean;
  /** What was done to it since the last check. */
  ops: OpState[];
  cancelAsked: boolean;
  seen: Seen | undefined;
}

/** A part that began twice in one attempt, or after it was recorded. */
export interface Again {
  start: Start;
  before: string;
  at: number;
}

export type Event =
  | { kind: 'plan'; ops: Op[] }
  | { kind: 'report'; report: Report }
  | { kind: 'start'; start: Start; at: number }
  | { kind: 'recorded'; recorded: Recorded }
  /** Something was killed from one instant to the other: what ran then may run again. */
  | { kind: 'broken'; from: number; to: number }
  /** What was told of these tasks is not to be told again. */
  | { kind: 'forget'; names: string[] };

/** These say that nothing was done; of others nobody knows. */
const WITHOUT_EFFECT = new Set([
  'not-found',
  'already-finished',
  'not-retryable',
  'invalid-request',
  'quota-exceeded',
  'payload-too-large',
]);

/** What an operation may be told that comes too late, or whose engine was killed. */
const EXPECTED = new Set([
  'not-found',
  'already-finished',
  'not-retryable',
  'invalid-request',
  'closed',
  'engine-lost',
]);

export class Ledger {
  readonly tasks = new Map<string, TaskState>();
  readonly ops = new Map<string, OpState>();
  /** The recorded result of each part, by task id and part. */
  readonly recorded = new Map<string, { nonce: string; acknowledged: boolean; seq: number }>();
  /** Parts that began though they were recorded. */
  readonly startedAfterRecorded: Again[] = [];
  /** Operations by which the engine said that a task is not there that was accepted and never removed. */
  readonly denied: OpState[] = [];
  /** Operations that the engine refused for a reason of its own. */
  readonly refused: OpState[] = [];
  /** Tasks that must not run twice, and did. */
  readonly onceTwice: Again[] = [];
  /** Parts of which two results were said to be recorded. */
  readonly recordedTwice: (Recorded & { before: string })[] = [];
  /** Parts that began again in one attempt though nothing was killed in between. */
  readonly extraStarts: Again[] = [];
  seq = 0;
  /** So many parts have begun, and so many things were acknowledged, since the counts were taken. */
  #starts = 0;
  #acknowledged = 0;
  onEvent: (() => void) | undefined;
  readonly #file: string;
  readonly #ids = new Map<string, TaskState>();
  readonly #forgotten = new Set<string>();
  readonly #nonces = new Map<string, Set<string>>();
  readonly #last = new Map<string, { nonce: string; at: number }>();
  readonly #broken: { from: number; to: number }[] = [];

  /** Goes on with what an earlier run wrote down, which has counted it already. */
  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) if (line !== '') this.#apply(JSON.parse(line) as Event);
    this.takeCounts();
  }

  note(event: Event): void {
    appendFileSync(this.#file, `${JSON.stringify(event)}\n`);
    this.#apply(event);
    this.onEvent?.();
  }

  byId(id: string): TaskState | undefined {
    return this.#ids.get(id);
  }

  isForgotten(name: string): boolean {
    return this.#forgotten.has(name);
  }

  /** Whether this nonce was drawn by a start of this part. */
  knowsStart(id: string, part: string, nonce: string): boolean {
    return this.#nonces.get(`${id}/${part}`)?.has(nonce) === true;
  }

  /** What was counted since the last time. */
  takeCounts(): { starts: number; acknowledged: number; extraStarts: Again[]; refused: OpState[] } {
    const [starts, acknowledged] = [this.#starts, this.#acknowledged];
    this.#starts = this.#acknowledged = 0;
    return { starts, acknowledged, extraStarts: this.extraStarts.splice(0), refused: this.refused.splice(0) };
  }

  learnId(state: TaskState, id: string): void {
    state.id = id;
    this.#ids.set(id, state);
  }

  /** Ends a chapter in which everything was settled: nothing of it is there any more. */
  clear(): void {
    writeFileSync(this.#file, '');
    const maps = [this.tasks, this.ops, this.recorded, this.#ids, this.#forgotten, this.#nonces, this.#last];
    for (const map of maps) map.clear();
    const { extraStarts, startedAfterRecorded, onceTwice, recordedTwice, denied, refused } = this;
    const lists = [this.#broken, extraStarts, startedAfterRecorded, onceTwice, recordedTwice, denied, refused];
    for (const list of lists) list.length = 0;
  }

  #apply(event: Event): void {
    this.seq += 1;
    switch (event.kind) {
      case 'plan':
        for (const op of event.ops) this.#plan(op);
        break;
      case 'report':
        this.#report(event.report);
        break;
      case 'start':
        this.#start(event.start, event.at);
        break;
      case 'recorded':
        this.#record(event.recorded);
        break;
      case 'broken':
        this.#broken.push(event);
        break;
      case 'forget':
        for (const name of event.names) this.#forgotten.add(name);
    }
  }

  #plan(op: Op): void {
    const state: OpState = { op, begun: 0, ended: Infinity };
    this.ops.set(op.key, state);
    if ('id' in op) {
      const task = this.#ids.get(op.id);
      task?.ops.push(state);
      if (task !== undefined && op.kind === 'cancel') task.cancelAsked = true;
    }
    if ('tasks' in op) for (const task of op.tasks) if (!this.tasks.has(task.name)) this.#expect(task, state);
  }

  #expect(task: NewTask, arrival: OpState): void {
    const state: TaskState = {
      task,
      id: undefined,
      arrival,
      enqueued: 'maybe',
      acknowledged: false,
      gone: false,
      ops: [],
      cancelAsked: false,
      seen: undefined,
    };
    this.tasks.set(task.name, state);
    if (task.ownId) this.learnId(state, task.name);
  }

  #report(report: Report): void {
    if (report[0] === 'there') return;
    const state = this.ops.get(report[1]);
    if (state === undefined) return;
    if (report[0] === 'begin') {
      state.begun = this.seq;
      return;
    }
    const { op } = state;
    const answer = report[2];
    state.ended = this.seq;
    state.answer = answer;
    if (this.#denies(state, answer)) this.denied.push(state);
    if (!answer.ok && !EXPECTED.has(answer.code)) this.refused.push(state);
    if ('tasks' in op) this.#arrived(op.tasks, answer);
    if (answer.ok) this.#acknowledged += 'tasks' in op ? op.tasks.length : 1;
  }

  /** Says `not-found` of a task that was there when it was asked, or makes it a second time. */
  #denies({ op, begun }: OpState, answer: Answer): boolean {
    const isThere = (state: TaskState | undefined) =>
      state?.acknowledged === true &&
      state.arrival.ended < begun &&
      !state.gone &&
      !this.#forgotten.has(state.task.name) &&
      !state.ops.some((each) => each.op.kind === 'remove' && !hadNoEffect(each.answer));
    if ('id' in op) return !answer.ok && answer.code === 'not-found' && isThere(this.#ids.get(op.id));
    if (op.kind !== 'enqueue-again' || !answer.ok) return false;
    return op.tasks.some(({ name }, i) => answer.created?.[i] === true && isThere(this.tasks.get(name)));
  }

  #arrived(tasks: readonly NewTask[], answer: Answer): void {
    tasks.forEach(({ name }, i) => {
      const state = this.tasks.get(name);
      if (state === undefined) return;
      if (answer.ok) {
        const id = answer.ids?.[i];
        if (id !== undefined) this.learnId(state, id);
        state.enqueued = 'yes';
        state.acknowledged = true;
      } else if (state.enqueued === 'maybe' && hadNoEffect(answer)) state.enqueued = 'refused';
    });
  }

  #start(start: Start, at: number): void {
    this.#starts += 1;
    const { task, run, attempt, part, nonce } = start;
    const key = `${task}/${part}`;
    const recorded = this.recorded.get(key);
    if (recorded !== undefined) this.startedAfterRecorded.push({ start, before: recorded.nonce, at });
    const nonces = this.#nonces.get(key) ?? new Set();
    this.#nonces.set(key, nonces.add(nonce));
    const last = this.#last.get(`${key}#${run}.${attempt}`);
    if (last !== undefined && !this.#wasBroken(last.at, at)) this.extraStarts.push({ start, before: last.nonce, at });
    this.#last.set(`${key}#${run}.${attempt}`, { nonce, at });
    if (part !== 'once') return;
    const first = this.#last.get(`${key}#${run}`);
    if (first === undefined) this.#last.set(`${key}#${run}`, { nonce, at });
    else this.onceTwice.push({ start, before: first.nonce, at });
  }

  #wasBroken(from: number, to: number): boolean {
    return this.#broken.some((each) => each.to >= from && each.from <= to);
  }

  #record({ task, parts }: Recorded): void {
    for (const [part, nonce] of Object.entries(parts)) {
      const key = `${task}/${part}`;
      const before = this.recorded.get(key);
      // What a handler is told later may be what it was told before: a recorded step answers in each attempt.
      if (before === undefined) this.#acknowledged += 1;
      this.recorded.set(key, { nonce: before?.nonce ?? nonce, acknowledged: true, seq: before?.seq ?? this.seq });
      if (before !== undefined && before.nonce !== nonce)
        this.recordedTwice.push({ task, parts: { [part]: nonce }, before: before.nonce });
    }
  }
}

/** Whether an operation was refused in a way that says that it changed nothing. */
export function hadNoEffect(answer: Answer | undefined): boolean {
  return answer !== undefined && !answer.ok && WITHOUT_EFFECT.has(answer.code);
}
