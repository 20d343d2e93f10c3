// What is shown: to whom, and in the end what there is.

import type { Task } from '../../../../src/task/index.ts';
import type { Known } from './index.ts';

/** Nobody but an admin is shown what another has made. */
export function guestsSeeTheirOwn({ calls, disk }: Known): string[] {
  const owner = (id: string) => disk.creators.get(id);
  return calls.all.flatMap((call) =>
    call.by === undefined
      ? []
      : shownBy(call.answer)
          .filter((id) => owner(id) !== call.by)
          .map((id) => `${String(call.by)} is shown ${id} of ${String(owner(id))} (asked at fact ${call.asked})`),
  );
}

/** The tasks in an answer. What `enqueue` answers with was asked for by its id. */
function shownBy(answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  if (Array.isArray(answer)) return answer.flatMap(shownBy);
  if ('tasks' in answer) return shownBy(answer.tasks);
  return 'id' in answer && 'status' in answer ? [String(answer.id)] : [];
}

/** Whoever watches has seen, in the end, what is there. */
export function watchersAreToldInTheEnd({ tasks, watched }: Known): string[] {
  if (watched === undefined) return ['whoever watches was told nothing'];
  const text = (all: readonly Task[]) => all.map(({ id, status }) => `${id} ${status}`).join();
  return text(watched) === text(tasks)
    ? []
    : [`whoever watches saw ${text(watched)} last, and there is ${text(tasks)}`];
}
