// The tasks that one belongs with: what it is part of, its parts, and what it depends on, each by its name.

import type { Runner } from '../../runner/index.ts';
import type { Task } from '../../task/index.ts';

const MOST = 50;

/** A task by its name; without a task it was deleted, or is not to be seen. */
export interface Relative {
  id: string;
  task: Task | undefined;
}

export class Related {
  #runner: Runner;
  #parent = $state.raw<Relative>();
  #children = $state.raw<readonly Task[]>([]);
  #childCount = $state(0);
  #awaited = $state.raw<readonly Relative[]>([]);

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  get parent(): Relative | undefined {
    return this.#parent;
  }

  get children(): readonly Task[] {
    return this.#children;
  }

  get childCount(): number {
    return this.#childCount;
  }

  get awaited(): readonly Relative[] {
    return this.#awaited;
  }

  get isEmpty(): boolean {
    return this.#parent === undefined && this.#childCount === 0 && this.#awaited.length === 0;
  }

  /** Looks up what a task names, and watches its children. Returns what stops that. */
  follow({ id, parentId, dependsOn }: Pick<Task, 'id' | 'parentId' | 'dependsOn'>): () => void {
    void this.#lookUp(parentId === null ? [] : [parentId]).then(([parent]) => (this.#parent = parent));
    void this.#lookUp(dependsOn?.tasks.slice(0, MOST) ?? []).then((found) => (this.#awaited = found));
    return this.#runner.watchList({ parentId: id, limit: MOST, sortBy: 'createdAt' }, ({ tasks, total }) => {
      this.#children = tasks;
      this.#childCount = total;
    });
  }

  #lookUp(ids: readonly string[]): Promise<Relative[]> {
    return Promise.all(ids.map(async (id) => ({ id, task: await this.#runner.get(id).catch(() => undefined) })));
  }
}
