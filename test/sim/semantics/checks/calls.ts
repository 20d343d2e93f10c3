// The calls of a history, and the tasks that were accepted by them. What was asked may have come to be even where nobody
// was told; what was told has.

import type { EnqueueOptions } from '../../../../src/task/index.ts';
import type { Facts, Payload } from '../facts.ts';

export interface Call {
  name: string;
  args: readonly unknown[];
  /** Who asked, if not the admin. */
  by?: string;
  /** It came to be after this fact, if at all. */
  asked: number;
  /** It came to be before this one; `Infinity` where nobody was told. */
  told: number;
  answer?: unknown;
  /** It was refused: nothing came of it. */
  code?: string;
}

/** A task that was made for whoever asked for it. */
export interface Accepted {
  id: string;
  type: string;
  payload: Payload;
  options: EnqueueOptions;
  call: Call;
}

const ON_ONE = new Set(['update', 'cancel', 'retry', 'retryStep', 'restart', 'rerun', 'decide', 'runNow', 'remove']);
/** Refusals after which nothing can have come to be. */
const CERTAIN = new Set([
  'invalid-request',
  'not-found',
  'already-finished',
  'not-retryable',
  'not-pending',
  'not-waiting',
  'forbidden',
]);

export class Calls {
  readonly all: readonly Call[];
  readonly accepted: ReadonlyMap<string, Accepted>;

  constructor(facts: Facts) {
    const calls = new Map<number, Call>();
    for (const fact of facts.all) {
      if (fact.what === 'asked') calls.set(fact.call, { ...fact, asked: fact.order, told: Infinity });
      const call = fact.what === 'told' || fact.what === 'refused' ? calls.get(fact.call) : undefined;
      if (call === undefined) continue;
      if (fact.what === 'told') Object.assign(call, { told: fact.order, answer: fact.answer });
      if (fact.what === 'refused') Object.assign(call, { code: fact.code });
    }
    this.all = [...calls.values()].filter(({ code = '' }) => !CERTAIN.has(code));
    const made = this.all.flatMap(acceptedBy);
    // An id that was used again names two tasks: of these too little is certain.
    const again = new Set(made.map(({ id }) => id).filter((id, i, ids) => ids.indexOf(id) < i));
    this.accepted = new Map(made.filter(({ id }) => !again.has(id)).map((each) => [each.id, each]));
  }

  /** Calls of these names that did something to a task, or may have. */
  on(id: string, ...names: string[]): Call[] {
    return this.all.filter((call) => (names.length === 0 || names.includes(call.name)) && this.#concerns(call, id));
  }

  /** Whether any of these may have been done to a task before a fact. */
  mayHaveBeen(id: string, before: number, ...names: string[]): boolean {
    return this.on(id, ...names).some(({ asked }) => asked < before);
  }

  /** Whether a task of that id may have been asked for anew between two facts. */
  madeAgain(id: string, after: number, before: number): boolean {
    return this.all.some((call) => call.asked > after && call.asked < before && idsIn(call).includes(id));
  }

  #concerns({ name, args }: Call, id: string): boolean {
    if (ON_ONE.has(name)) return args[0] === id;
    if (name === 'pause') return (args[0] as { taskId?: string }).taskId === id;
    if (name === 'undo') return (args[0] as string[]).includes(id);
    if (name === 'processNext' || name === 'clearFinished' || name === 'erase') return true;
    if (name === 'configure') return typeof (args[0] as { retentionCount?: number | null }).retentionCount === 'number';
    if (name !== 'bulk') return false;
    const { type, workspace } = args[1] as { type: string; workspace: string };
    const task = this.accepted.get(id);
    return task === undefined || (task.type === type && task.options.workspace === workspace);
  }
}

/** The ids that a call gives to tasks. */
function idsIn({ name, args }: Call): (string | undefined)[] {
  if (name === 'enqueue') return [(args[2] as EnqueueOptions).id];
  if (name === 'enqueueMany') return (args[0] as { options: EnqueueOptions }[]).map(({ options }) => options.id);
  return [];
}

function acceptedBy(call: Call): Accepted[] {
  if (call.told === Infinity) return [];
  if (call.name === 'enqueue') {
    const [type, payload, options] = call.args as [string, Payload, EnqueueOptions];
    const { id, created } = call.answer as { id: string; created: boolean };
    return created ? [{ id, type, payload, options, call }] : [];
  }
  if (call.name !== 'enqueueMany') return [];
  const items = call.args[0] as { type: string; payload: Payload; options: EnqueueOptions }[];
  const ids = (call.answer as { id: string; created: boolean }[]).map((each) => (each.created ? each.id : undefined));
  return items.flatMap((item, i) => {
    const id = ids[i];
    return id === undefined ? [] : [{ ...item, id, options: placed(item.options, call), call }];
  });
}

/** What it depends on by id: those of one call name each other by their places in it. */
function placed(options: EnqueueOptions, { answer }: Call): EnqueueOptions {
  const ids = (answer as { id: string }[]).map(({ id }) => id);
  const { dependsOn } = options;
  if (!Array.isArray(dependsOn)) return options;
  return {
    ...options,
    dependsOn: dependsOn.map((each) => (typeof each === 'number' ? (ids[each] ?? '') : (each as string))),
  };
}
