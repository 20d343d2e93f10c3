// Promise 1: nothing accepted is lost, whoever was had back is there, all ends once it can, and what is shown is there.

import type { EnqueueOptions } from '../../../../src/task/index.ts';
import type { Call } from './calls.ts';
import type { Known } from './index.ts';

/** Calls after which a task may be gone. */
export const REMOVERS = ['remove', 'clearFinished', 'bulk', 'erase', 'configure'];
const STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;

export function neverLost({ calls, tasks, stats }: Known): string[] {
  const there = new Set<string>(tasks.map(({ id }) => id));
  // Retention holds from the call that sets it on.
  const isLost = (id: string, { asked }: Call) =>
    !there.has(id) && !calls.on(id, ...REMOVERS).some(({ name, told }) => name === 'configure' || told > asked);
  const lost = calls.all.flatMap((call) =>
    idsOf(call)
      .filter((id) => isLost(id, call))
      .map((id) => `${id} was ${call.name === 'undo' ? 'had back' : 'accepted'} and is not there`),
  );
  const unfinished = tasks.filter(({ status }) => status === 'pending' || status === 'running');
  const counted = (status: string) => tasks.filter((task) => task.status === status).length;
  const wrong = STATUSES.filter((status) => stats[status] !== counted(status));
  return [
    ...lost,
    ...unfinished.map((task) => `${task.id} never ends: it is ${task.status}${waits(task)}`),
    ...wrong.map((status) => `${stats[status]} are said to be ${status}, and ${counted(status)} are`),
  ];
}

/** The tasks that are there, by what somebody was told. */
function idsOf({ name, answer, told }: Call): string[] {
  if (told === Infinity) return [];
  if (name === 'enqueue') return [(answer as { id: string }).id];
  if (name === 'enqueueMany') return (answer as { id: string }[]).map(({ id }) => id);
  return name === 'undo' ? (answer as string[]) : [];
}

function waits(task: Known['tasks'][number]): string {
  return task.status === 'pending' ? ` and waits for ${task.waitingFor.join()}` : '';
}

/** What the settings of retention delete had ended. */
export function onlyFinishedRetire({ facts, calls }: Known): string[] {
  const last = new Map<string, string>();
  return facts.of('moved').flatMap(({ id, to, order }) => {
    const before = last.get(id);
    last.set(id, to);
    if (to !== 'gone' || before === undefined || before !== 'pending') return [];
    // Whoever has a task back takes back what followed of its end.
    const isHadBack = calls.all.some(({ name, asked, told }) => name === 'undo' && asked < order && told > order);
    const isAsked = isHadBack || calls.mayHaveBeen(id, order, 'remove', 'bulk', 'erase');
    return isAsked ? [] : [`${id} was deleted while it was ${before}`];
  });
}

/** Of what was asked for in one call, all came to be at once. */
export function manyAtOnce({ facts }: Known): string[] {
  const first = new Map<string, number>();
  for (const { id, commit } of facts.of('moved')) if (!first.has(id)) first.set(id, commit);
  // What is made again of the log comes in commits of its own.
  if (facts.of('befell').some(({ fault }) => fault.includes('loses the database'))) return [];
  return facts
    .of('asked')
    .filter(({ name }) => name === 'enqueueMany')
    .filter(({ args, order }) => {
      // Where another of its unique key is there, one of them may not come to be.
      const sure = (args[0] as { options: EnqueueOptions }[]).filter(({ options }) => options.unique === undefined);
      const ids = sure.map(({ options }) => options.id ?? '');
      const isNew = ids.every((id) => !facts.of('moved').some((fact) => fact.id === id && fact.order < order));
      return isNew && new Set(ids.map((id) => first.get(id))).size > 1;
    })
    .map(({ order }) => `of what was asked for at fact ${order} a part came before the rest`);
}

/** What was refused was not written. */
export function refusedWhole({ facts, tasks, calls }: Known): string[] {
  const there = new Set<string>(tasks.map(({ id }) => id));
  const refused = new Set(
    facts
      .of('refused')
      .filter(({ code }) => WRITES_NOTHING.has(code))
      .map(({ call }) => call),
  );
  return (
    facts
      .of('asked')
      .filter(({ call, name }) => refused.has(call) && (name === 'enqueue' || name === 'enqueueMany'))
      .flatMap(({ name, args, order }) => {
        const all = name === 'enqueue' ? [args[2]] : (args[0] as { options: unknown }[]).map((each) => each.options);
        return all.map((options) => ({ id: (options as { id: string }).id, order }));
      })
      .filter(({ id }) => there.has(id) && !calls.accepted.has(id))
      // A child that a handler has made may be asked for again by its id.
      .filter(({ id, order }) => !facts.of('moved').some((fact) => fact.id === id && fact.order < order))
      .map(({ id }) => `${id} was refused and is there`)
  );
}

const WRITES_NOTHING = new Set(['invalid-request', 'quota-exceeded', 'payload-not-cloneable']);
