// Somebody who uses the façade in one tab: draws calls by chance, and notes what was asked and what was told.

import type { Principal, Runner } from '../../../src/runner/index.ts';
import type { Task } from '../../../src/task/index.ts';
import type { Chance } from '../world/chance.ts';
import type { Tab } from '../world/tab.ts';
import type { Facts } from './facts.ts';
import { drawRequest, pick, type Surroundings, weighed } from './requests.ts';
import { POLICIES } from './types.ts';

export interface ActorSetup {
  tab: Tab;
  runner: Runner;
  facts: Facts;
  chance: Chance;
  around: () => Surroundings;
}

type Draw = [name: keyof Runner, ...args: unknown[]];

/** Somebody who sees none but their own tasks, and what they may do. */
const GUEST: Principal = { user: 'guest', role: 'operator' };
const GUESTS = new Set<keyof Runner>([
  ...(['enqueue', 'enqueueMany', 'update', 'cancel', 'retry', 'restart', 'remove', 'undo', 'clearFinished'] as const),
  ...(['get', 'list', 'stats', 'recent', 'explain', 'pause', 'erase'] as const),
]);

export class Actor {
  readonly #setup: ActorSetup;

  constructor(setup: ActorSetup) {
    this.#setup = setup;
  }

  /** One call, drawn by chance. Resolves when it is answered, or its tab has crashed. */
  async act(): Promise<void> {
    const draw = this.#draw();
    if (draw === undefined) return;
    const isGuest = GUESTS.has(draw[0]) && this.#setup.chance.below(6) === 0;
    await (isGuest ? this.#ask(GUEST, draw) : this.ask(...draw));
  }

  ask(...draw: Draw): Promise<unknown> {
    return this.#ask(undefined, draw);
  }

  async #ask(by: Principal | undefined, [name, ...args]: Draw): Promise<unknown> {
    const { facts, tab } = this.#setup;
    const runner = by === undefined ? this.#setup.runner : this.#setup.runner.as(by);
    const asked = { what: 'asked', call: facts.all.length, name, args: plain(args) as unknown[] } as const;
    const call = facts.note(tab.name, by === undefined ? asked : { ...asked, by: by.user });
    try {
      const answer = await Promise.race([called(runner, name, args), tab.crashed.then(() => SILENCE)]);
      // Where the tab crashes, nobody is told anything.
      if (answer === SILENCE) return undefined;
      facts.note(tab.name, { what: 'told', call, answer: plain(answer) });
      return answer;
    } catch (error) {
      const code = String(Reflect.get(error as object, 'code') ?? error);
      facts.note(tab.name, { what: 'refused', call, code });
      return undefined;
    }
  }

  #draw(): Draw | undefined {
    const { chance, around } = this.#setup;
    const surroundings = around();
    const { known } = surroundings;
    const draw = weighed(chance, known.length === 0 ? INTAKE : CALLS);
    return draw(chance, surroundings);
  }
}

function called(runner: Runner, name: keyof Runner, args: readonly unknown[]): Promise<unknown> {
  return (
    (runner as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>)[name]?.(...args) ?? NONE
  );
}

const NONE = Promise.resolve();
const SILENCE = Symbol('silence');

/** Tasks that are new are more often spoken of. */
function recent(chance: Chance, known: readonly string[]): string {
  return pick(chance, chance.below(2) === 0 ? known.slice(-3) : known);
}

type Drawing = (chance: Chance, around: Surroundings) => Draw;

const enqueue: Drawing = (chance, around) => {
  const { type, payload, options } = drawRequest(chance, around);
  return ['enqueue', type, payload, options];
};
/** Some in one call, each of which may wait for others of it. */
const enqueueMany: Drawing = (chance, around) => {
  const items = Array.from({ length: 2 + chance.below(2) }, () => drawRequest(chance, around));
  items.forEach(({ options }, i) => {
    if (i > 0 && chance.below(2) === 0) options.dependsOn = [chance.below(i)];
  });
  return ['enqueueMany', items];
};
const again: Drawing = (chance, around) => {
  const { type, payload, options } = drawRequest(chance, around);
  return ['enqueue', type, payload, { ...options, id: recent(chance, around.known) }];
};
const toOne =
  (name: keyof Runner, ...rest: unknown[]): Drawing =>
  (chance, { known }) => [name, recent(chance, known), ...rest];

const update: Drawing = (chance, { known, wallNow }) => [
  'update',
  recent(chance, known),
  pick(chance, [
    { priority: 'high' },
    { priority: -4 },
    { schedule: { at: wallNow + 2_000 } },
    { schedule: null },
    { deadline: wallNow + 3_000 },
    { deadline: null },
    { constraints: { custom: ['dock'] } },
    { constraints: null },
    { payload: { mode: 'ok' } },
    { name: 'another' },
  ]),
];
const decide: Drawing = (chance, { known }) => [
  'decide',
  recent(chance, known),
  pick(chance, [{ decision: 'run-again' }, { decision: 'completed', result: 7 }, { decision: 'failed' }]),
];
const match = (chance: Chance, known: readonly string[]) =>
  pick(chance, [
    {},
    { type: pick(chance, Object.keys(POLICIES)) },
    { taskId: recent(chance, known) },
    { stepPattern: 'o*' },
  ]);
const pause: Drawing = (chance, { known, wallNow }) => [
  'pause',
  { ...match(chance, known), ...(chance.below(2) === 0 && { expiresAt: wallNow + 500 + chance.below(4_000) }) },
];
const resume: Drawing = (chance, { known }) => ['resume', match(chance, known)];
const sendEvent: Drawing = (chance, { known }) => [
  'sendEvent',
  'bell',
  chance.below(9),
  ...(chance.below(3) === 0 ? [{ to: recent(chance, known) }] : []),
];
const setSignal: Drawing = (chance) => ['setSignal', 'dock', pick(chance, [true, false, undefined])];
const bulk: Drawing = (chance) => [
  'bulk',
  pick(chance, ['cancel', 'retry', 'delete', { priority: 5 }]),
  { type: pick(chance, Object.keys(POLICIES)), workspace: 'attic' },
];
const configure: Drawing = (chance) => [
  'configure',
  chance.below(4) === 0 ? { retentionCount: chance.below(4) } : { maxConcurrent: 1 + chance.below(3) },
];
const erase: Drawing = (chance) => (chance.below(6) === 0 ? ['erase'] : ['recent']);

const INTAKE: readonly (readonly [Drawing, number])[] = [
  [enqueue, 12],
  [enqueueMany, 3],
];
const CALLS: readonly (readonly [Drawing, number])[] = [
  ...INTAKE,
  [again, 1],
  [update, 2],
  [toOne('cancel'), 2],
  [toOne('retry'), 2],
  [toOne('retryStep', 'one'), 1],
  [toOne('restart'), 1],
  [toOne('rerun'), 1],
  [decide, 1],
  [toOne('runNow'), 2],
  [() => ['processNext'], 1],
  [pause, 2],
  [resume, 2],
  [sendEvent, 1],
  [setSignal, 1],
  [bulk, 1],
  [toOne('remove'), 1],
  [(chance, { known }) => ['undo', [recent(chance, known), recent(chance, known)]], 2],
  [() => ['clearFinished'], 1],
  [configure, 1],
  [toOne('get'), 1],
  [toOne('explain'), 1],
  [() => ['list', { limit: 100 }], 1],
  [() => ['stats'], 1],
  [erase, 1],
];

/** As it can be kept: a handle by what it says, a task by what counts of it. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('changes' in value && 'created' in value)
    return { id: Reflect.get(value, 'id') as string, created: value.created };
  if (isTask(value)) return { id: value.id, status: value.status, version: value.version };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function isTask(value: object): value is Task {
  return 'runCount' in value && 'status' in value;
}
