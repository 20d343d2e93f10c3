// The list by keyboard: where one is, what is selected, and what is done with it.

import type { Board } from '../board.svelte.ts';
import type { BulkName } from './bulk.svelte.ts';
import { actOf, isNobodys, type ListAct } from './list-keys.ts';
import { act, type RowAction } from './row-actions.ts';
import type { Selection } from './selection.svelte.ts';
import type { TaskTable } from './task-table.svelte.ts';

interface KeysSetup {
  board: Board;
  table: TaskTable;
  selection: Selection;
  /** Scrolls to a row. */
  reveal: (index: number) => void;
  /** The first row on the screen. */
  first: () => number;
  pageRows: () => number;
  /** Does something with all that is selected. */
  many: (name: Exclude<BulkName, 'priority'>) => void;
}

export class ListKeys {
  readonly #setup: KeysSetup;
  /** Where a selection of several rows began. */
  #anchor = -1;

  constructor(setup: KeysSetup) {
    this.#setup = setup;
  }

  /** A key was pressed somewhere on the page. */
  press(event: KeyboardEvent, grid: HTMLElement | undefined): void {
    const hasFocus = event.target === grid;
    if (grid === undefined || event.defaultPrevented || !(hasFocus || isNobodys(event))) return;
    const asked = actOf(event, hasFocus);
    if (asked === undefined) return;
    event.preventDefault();
    const isFirst = !hasFocus && this.#setup.table.current < 0;
    if (!hasFocus) grid.focus({ preventScroll: true });
    // The first key comes to the list, the next moves in it.
    if (!isFirst) void this.#do(asked);
  }

  /** The list has the focus: some row is current. */
  focus(): void {
    const { table, first } = this.#setup;
    if (table.current < 0) table.go(first());
  }

  /** Selects a row, or takes it out; `through`: all rows from the last one on. */
  async select(index: number, through = false): Promise<void> {
    const { table, selection } = this.#setup;
    const anchor = this.#anchor;
    this.#anchor = index;
    table.go(index);
    if (through && anchor >= 0) selection.add(await table.ids(anchor, index));
    else for (const id of await table.ids(index, index)) selection.toggle(id);
  }

  async #do(asked: ListAct): Promise<void> {
    const { table, selection, pageRows } = this.#setup;
    const { current } = table;
    const moves: Partial<Record<ListAct, number>> = {
      next: current + 1,
      previous: current - 1,
      'page-down': current + pageRows(),
      'page-up': current - pageRows(),
      first: 0,
      last: (table.total ?? 0) - 1,
    };
    const to = moves[asked];
    if (to !== undefined) this.#go(to);
    else if (asked === 'select') await this.select(current);
    else if (asked === 'select-next') await this.#selectTo(current + 1);
    else if (asked === 'select-previous') await this.#selectTo(current - 1);
    else if (asked === 'select-all') selection.all();
    else if (asked === 'clear') selection.clear();
    else if (asked === 'open' || asked === 'download') await this.#one(asked, current);
    else if (asked === 'cancel' || asked === 'retry' || asked === 'remove') await this.#change(asked, current);
  }

  async #change(asked: 'cancel' | 'retry' | 'remove', current: number): Promise<void> {
    const { table, selection, many } = this.#setup;
    if (selection.count(table.total ?? 0) > 0) many(asked === 'remove' ? 'delete' : asked);
    else await this.#one(asked, current);
  }

  async #one(asked: 'open' | RowAction, index: number): Promise<void> {
    const { board, table } = this.#setup;
    const task = await table.find(index);
    if (task === undefined) return;
    if (asked === 'open') board.links.open(board.links.task(task.id));
    else act(board, task, asked);
  }

  #go(index: number): void {
    const { table, reveal } = this.#setup;
    table.go(index);
    reveal(table.current);
  }

  async #selectTo(index: number): Promise<void> {
    const { table, selection } = this.#setup;
    this.#anchor = table.current;
    this.#go(index);
    selection.add(await table.ids(this.#anchor, table.current));
  }
}
