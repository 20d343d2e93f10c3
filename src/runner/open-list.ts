// A list that somebody scrolls through: its order is read once, and kept as it is while it is read. What ends up elsewhere
// is taken out, what is new is counted, and comes in when it is asked for.

import { isCounted, type Looked, type Nudge, type Store } from '../store/index.ts';
import { checkQuery, type Clock, type ListQuery, type TaskId, type TaskState } from '../task/index.ts';
import type { ListPart, ListQuestion } from './runner.ts';
import type { Views } from './views.ts';

const TURN_MS = 100;
/** To read a list anew takes long: whoever did it rests nine times as long, so that work is not slowed. */
const REST_PER_READ = 9;
/** What seems to take long may have been a tab that was frozen, or a computer that slept. */
const LONGEST_REST_MS = 30_000;
const MOST_SHOWN = 1_000;

interface Rooms {
  store: Store;
  views: Views;
  clock: Clock;
}

export class OpenList {
  readonly #rooms: Rooms;
  readonly #query: ListQuery;
  readonly #seen: (part: ListPart) => void;
  readonly #ended = new AbortController();
  #ids: readonly TaskId[] = [];
  #known: ReadonlySet<TaskId> = new Set();
  readonly #fresh = new Set<TaskId>();
  /** Tasks that were touched since the last turn. */
  #touched = new Set<TaskId>();
  #isWhole = false;
  /** What the counters say, until the list is whole. */
  #counted: number | undefined;
  #edition = 0;
  #gone = 0;
  #from = 0;
  #limit: number;
  #turn: 'rests' | 'waits' | 'runs' = 'rests';
  #again = false;
  /** Somebody waits for what is shown. */
  #isUrgent = false;
  #reading = 0;
  #cancelRead: (() => void) | undefined;
  #restUntil = 0;

  constructor(rooms: Rooms, { limit = 50, ...query }: ListQuery, seen: (part: ListPart) => void) {
    checkQuery(query);
    this.#rooms = rooms;
    this.#query = query;
    this.#limit = limit;
    this.#seen = seen;
    void this.#begin();
  }

  /** Takes note of a commit. What touched too many tasks to name them has the list read anew. */
  concerns({ touched }: Nudge): boolean {
    if (touched === null) this.#readLater();
    else for (const id of touched) this.#touched.add(id as TaskId);
    return true;
  }

  /** Looks again soon at what is shown, and at what was touched. */
  touch(): void {
    this.#again = true;
    if (this.#turn === 'rests') void this.#look();
  }

  async answer(question: ListQuestion): Promise<TaskId[] | number | undefined> {
    switch (question.kind) {
      case 'show':
        this.#show(question);
        return undefined;
      case 'refresh':
        await this.#read((ids) => this.#takeAll(ids));
        return undefined;
      case 'ids':
        return this.#ids.slice(question.from, question.to);
      case 'place':
        return this.#ids.indexOf(question.id as TaskId);
    }
  }

  close(): void {
    this.#cancelRead?.();
    this.#ended.abort();
  }

  /** Whoever asks may not know yet what was taken out above. */
  #show({ from, limit, gone }: ListQuestion & { kind: 'show' }): void {
    this.#from = Math.max(0, from - (this.#gone - gone));
    this.#limit = Math.min(limit, MOST_SHOWN);
    this.#lookNow();
  }

  /** What somebody waits for goes ahead of the rest, which would take its turns. */
  async #begin(): Promise<void> {
    if (isCounted(this.#query)) await this.#readFirst().catch(ignore);
    if (!this.#ended.signal.aborted && this.#reading === 0) await this.#read((ids) => this.#takeAll(ids));
  }

  /** The first rows are there long before the whole list is. */
  async #readFirst(): Promise<void> {
    const { store } = this.#rooms;
    const { states, total } = await store.page({ ...this.#query, limit: this.#limit });
    if (this.#isWhole || this.#ended.signal.aborted) return;
    this.#take(states.map(({ row }) => row.id));
    this.#counted = total;
    this.#push(states);
  }

  /** Reads the list whole; the one that was begun last counts. */
  async #read(take: (ids: TaskId[]) => void): Promise<void> {
    const { store, clock } = this.#rooms;
    const reading = ++this.#reading;
    const startedAt = clock.elapsed();
    this.#cancelRead?.();
    this.#cancelRead = undefined;
    const { signal } = this.#ended;
    const onSome = (ids: readonly TaskId[]) => {
      if (!this.#isWhole && this.#counted === undefined && !isCounted(this.#query)) this.#takeSome(ids);
    };
    try {
      const ids = await store.ids(this.#query, { signal, onSome });
      const now = clock.elapsed();
      this.#restUntil = now + Math.min((now - startedAt) * REST_PER_READ, LONGEST_REST_MS);
      if (reading === this.#reading && !signal.aborted) take(ids);
    } catch {
      // The database is closing, or is away for a moment: it is read again.
      if (!signal.aborted) this.#readLater(TURN_MS * REST_PER_READ);
    }
  }

  #readLater(atLeastMs = TURN_MS): void {
    const { clock } = this.#rooms;
    this.#cancelRead ??= clock.timer(
      () => void this.#read((ids) => this.#compare(ids)),
      Math.max(atLeastMs, this.#restUntil - clock.elapsed()),
    );
  }

  #takeSome(ids: readonly TaskId[]): void {
    this.#edition += 1;
    this.#take(ids);
    this.touch();
  }

  #takeAll(ids: readonly TaskId[]): void {
    this.#edition += 1;
    this.#take(ids);
    this.#isWhole = true;
    this.#fresh.clear();
    this.#lookNow();
  }

  /** What somebody waits for does not wait for its turn. */
  #lookNow(): void {
    this.#isUrgent = true;
    if (this.#turn !== 'runs') void this.#look();
  }

  #take(ids: readonly TaskId[]): void {
    this.#ids = ids;
    this.#known = new Set(ids);
  }

  /** Of a list that was read anew, only what is not there any more is taken over. */
  #compare(ids: readonly TaskId[]): void {
    if (!this.#isWhole || this.#ids.length === 0) {
      this.#takeAll(ids);
      return;
    }
    const now = new Set(ids);
    this.#takeOut((id) => !now.has(id));
    this.#fresh.clear();
    for (const id of ids) if (!this.#known.has(id)) this.#fresh.add(id);
    this.touch();
  }

  /** One reading for all that is shown and all that was touched. */
  async #look(): Promise<void> {
    this.#turn = 'runs';
    this.#again = false;
    this.#isUrgent = false;
    const shown = this.#ids.slice(this.#from, this.#from + this.#limit);
    const touched = this.#touched;
    this.#touched = new Set();
    try {
      const looked = await this.#rooms.store.lookAgain([...new Set([...shown, ...touched])], this.#query);
      if (this.#ended.signal.aborted) return;
      this.#note(looked, touched);
      const byId = new Map(looked.map((each) => [each.id, each.state]));
      const now = this.#ids.slice(this.#from, this.#from + this.#limit);
      if (now.every((id) => byId.has(id))) this.#push(now.flatMap((id) => byId.get(id) ?? []));
      else this.#again = true;
    } catch {
      for (const id of touched) this.#touched.add(id);
      this.#again = true;
    }
    this.#afterLook();
  }

  #afterLook(): void {
    if (this.#ended.signal.aborted) return;
    if (this.#isUrgent) {
      void this.#look();
      return;
    }
    this.#turn = 'waits';
    this.#rooms.clock.timer(() => {
      if (this.#turn !== 'waits' || this.#ended.signal.aborted) return;
      this.#turn = 'rests';
      if (this.#again) void this.#look();
    }, TURN_MS);
  }

  #note(looked: readonly Looked[], touched: ReadonlySet<TaskId>): void {
    const out = new Set(looked.filter(({ id, matches }) => !matches && this.#known.has(id)).map(({ id }) => id));
    if (out.size > 0) this.#takeOut((id) => out.has(id));
    for (const { id, matches } of looked) {
      if (!matches) this.#fresh.delete(id);
      else if (this.#isWhole && touched.has(id) && !this.#known.has(id)) this.#fresh.add(id);
    }
    // Where nothing is shown, nothing can be moved.
    if (this.#isWhole && this.#ids.length === 0 && this.#fresh.size > 0) void this.#read((ids) => this.#takeAll(ids));
  }

  #takeOut(isOut: (id: TaskId) => boolean): void {
    const above = this.#ids.slice(0, this.#from).filter(isOut).length;
    const before = this.#ids.length;
    this.#take(this.#ids.filter((id) => !isOut(id)));
    if (this.#counted !== undefined) this.#counted -= before - this.#ids.length;
    this.#gone += above;
    this.#from -= above;
  }

  #push(states: readonly TaskState[]): void {
    const { views } = this.#rooms;
    this.#seen({
      from: this.#from,
      tasks: states.map((state) => views.show(state)),
      total: this.#isWhole ? this.#ids.length : (this.#counted ?? this.#ids.length),
      isWhole: this.#isWhole,
      edition: this.#edition,
      fresh: this.#fresh.size,
      gone: this.#gone,
    });
  }
}

function ignore(): void {
  // The whole list is read anyway.
}
