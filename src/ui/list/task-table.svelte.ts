// The list that a person scrolls through: the rows that are near, how many there are, and which one is current.

import type { ListPart, OpenedList, Runner } from '../../runner/index.ts';
import type { ListQuery, Task } from '../../task/index.ts';

/** So many rows are asked for on each side of those on the screen. */
const SPARE = 30;
/** So many rows are kept, those that were scrolled away included. */
const KEPT = 1_000;

export class TaskTable {
  readonly #runner: Runner;
  #list: OpenedList | undefined;
  #rows = $state.raw<ReadonlyMap<number, Task>>(new Map());
  #total = $state<number>();
  #isWhole = $state(false);
  #isOpening = $state(true);
  #fresh = $state(0);
  #current = $state(-1);
  #edition = -1;
  #gone = 0;
  #asked = { from: 0, to: 0 };
  #first = 0;
  /** Told by how many rows everything has moved that a person is looking at. */
  onmoved: (rows: number) => void = () => {};

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /** How many tasks match; `undefined` until the first have come. */
  get total(): number | undefined {
    return this.#total;
  }

  /** False while the list is being read. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** What is shown is not yet all that was asked for last. */
  get isBusy(): boolean {
    return this.#isOpening || !this.#isWhole;
  }

  /** How many have come since the list was opened, and are not in it. */
  get fresh(): number {
    return this.#fresh;
  }

  /** The index of the row that the keyboard is at, or -1. */
  get current(): number {
    return this.#current;
  }

  get currentTask(): Task | undefined {
    return this.#rows.get(this.#current);
  }

  /** The task at an index, if it is near. */
  at(index: number): Task | undefined {
    return this.#rows.get(index);
  }

  /** The same, however far away. A key may be pressed sooner than its row has come. */
  async find(index: number): Promise<Task | undefined> {
    const near = this.at(index);
    if (near !== undefined) return near;
    const [id] = await this.ids(index, index);
    return id === undefined ? undefined : this.#runner.get(id);
  }

  /** Opens the list of a query. What was shown stays until the first rows have come. Returns what closes it. */
  open(query: ListQuery): () => void {
    this.#edition = -1;
    this.#isOpening = true;
    this.#asked = { from: 0, to: 2 * SPARE };
    const list = this.#runner.openList({ ...query, limit: 2 * SPARE }, (part) => {
      if (this.#list === list) this.#take(part);
    });
    this.#list = list;
    return () => {
      list.close();
    };
  }

  /** Has the rows near these ready. */
  show(from: number, to: number): void {
    this.#first = from;
    const { from: least, to: most } = this.#asked;
    const isNear = least === 0 || from - SPARE / 2 >= least;
    if (isNear && (to + SPARE / 2 <= most || most >= (this.#total ?? 0))) return;
    this.#asked = { from: Math.max(0, from - SPARE), to: to + SPARE };
    this.#list?.show(this.#asked.from, this.#asked.to - this.#asked.from, this.#gone);
  }

  /** Takes in what has come. */
  async refresh(): Promise<void> {
    await this.#list?.refresh();
  }

  /** Goes to a row, or by so many rows; the ends hold. */
  go(to: number): void {
    const last = (this.#total ?? 0) - 1;
    this.#current = Math.max(Math.min(to, last), Math.min(0, last));
  }

  /** The ids from one index to another, both included. */
  async ids(from: number, to: number): Promise<string[]> {
    return (await this.#list?.ids(Math.min(from, to), Math.max(from, to) + 1)) ?? [];
  }

  #take(part: ListPart): void {
    const { from, tasks, total, isWhole, fresh, gone, edition } = part;
    const isSame = edition === this.#edition;
    const moved = isSame ? this.#movedBy(part) : 0;
    const current = isSame ? this.#current + moved : this.#indexNow(part);
    const rows = new Map(
      isSame && gone === this.#gone && total === this.#total && this.#rows.size < KEPT ? this.#rows : [],
    );
    tasks.forEach((task, index) => rows.set(from + index, task));
    this.#edition = edition;
    this.#isOpening = false;
    this.#gone = gone;
    this.#rows = rows;
    this.#total = total;
    this.#isWhole = isWhole;
    this.#fresh = fresh;
    if (this.#current >= 0) this.go(current);
    if (moved !== 0) this.onmoved(moved);
  }

  /** Where the current task stands in another order. */
  #indexNow({ from, tasks }: ListPart): number {
    const id = this.currentTask?.id;
    const index = tasks.findIndex((task) => task.id === id);
    return index === -1 ? this.#current : from + index;
  }

  /** Where the first row on the screen that is still there has gone. */
  #movedBy({ from, tasks }: ListPart): number {
    for (let index = this.#first; index < this.#first + SPARE; index++) {
      const id = this.#rows.get(index)?.id;
      const now = id === undefined ? -1 : tasks.findIndex((task) => task.id === id);
      if (now !== -1) return from + now - index;
    }
    return 0;
  }
}
