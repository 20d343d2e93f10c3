// Tasks that come in one call may name each other by their places in it, in whatever order; only not in a circle.

import { type Dependencies, type DependsOn, type EnqueueRequest, ErrandError, type TaskRow } from '../task/index.ts';

/** The requests with ids in place of places. */
export function withPlaces(requests: readonly EnqueueRequest[], newId: () => string): readonly EnqueueRequest[] {
  const named = new Set(
    requests.flatMap(({ dependsOn }) => listOf(dependsOn).filter((each) => typeof each === 'number')),
  );
  if (named.size === 0) return requests;
  const withIds = requests.map((request, i) => (named.has(i) ? { ...request, id: request.id ?? newId() } : request));
  return withIds.map((request) => {
    const { dependsOn } = request;
    if (dependsOn === undefined) return request;
    const tasks = listOf(dependsOn).map((each) => (typeof each === 'number' ? idAt(withIds, each) : each));
    return { ...request, dependsOn: 'tasks' in dependsOn ? { ...dependsOn, tasks } : tasks };
  });
}

function listOf(dependsOn: EnqueueRequest['dependsOn']): DependsOn {
  const tasks: unknown = typeof dependsOn === 'object' && 'tasks' in dependsOn ? dependsOn.tasks : dependsOn;
  return Array.isArray(tasks) ? (tasks as DependsOn) : [];
}

function idAt(requests: readonly EnqueueRequest[], place: number): string {
  const id = requests[place]?.id;
  if (id === undefined)
    throw new ErrandError('invalid-request', `dependsOn names place ${place}, and this call has no such place.`, {
      field: 'dependsOn',
    });
  return id;
}

/** Throws `invalid-request` where tasks of one call wait for each other in a circle. */
export function refuseCircles(rows: readonly { id: TaskRow['id']; dependsOn?: Pick<Dependencies, 'tasks'> }[]): void {
  const waiting = new Map(
    rows.filter((row) => row.dependsOn !== undefined).map((row) => [row.id, row.dependsOn?.tasks ?? []]),
  );
  const free: string[] = [];
  const dependents = new Map<string, string[]>();
  const left = new Map<string, number>();
  for (const [id, tasks] of waiting) {
    const here = tasks.filter((task) => waiting.has(task));
    left.set(id, here.length);
    if (here.length === 0) free.push(id);
    for (const task of here) dependents.set(task, [...(dependents.get(task) ?? []), id]);
  }
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    waiting.delete(id as TaskRow['id']);
    for (const dependent of dependents.get(id) ?? []) {
      const now = (left.get(dependent) ?? 0) - 1;
      left.set(dependent, now);
      if (now === 0) free.push(dependent);
    }
  }
  const [first] = waiting.keys();
  if (first === undefined) return;
  throw new ErrandError('invalid-request', `dependsOn makes a circle in which ${first} depends on itself.`, {
    field: 'dependsOn',
  });
}
