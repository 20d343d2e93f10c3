// What the keys do in the list. The arrows work wherever nothing else has the focus; letters only where the list has it.

export type ListAct =
  | 'next'
  | 'previous'
  | 'page-down'
  | 'page-up'
  | 'first'
  | 'last'
  | 'open'
  | 'select'
  | 'select-next'
  | 'select-previous'
  | 'select-all'
  | 'clear'
  | 'cancel'
  | 'retry'
  | 'download'
  | 'remove';

const MOVES: Readonly<Record<string, ListAct>> = {
  ArrowDown: 'next',
  j: 'next',
  ArrowUp: 'previous',
  k: 'previous',
};
const ACTS: Readonly<Record<string, ListAct>> = {
  PageDown: 'page-down',
  PageUp: 'page-up',
  Home: 'first',
  End: 'last',
  Enter: 'open',
  o: 'open',
  x: 'select',
  ' ': 'select',
  Escape: 'clear',
  c: 'cancel',
  r: 'retry',
  d: 'download',
  Delete: 'remove',
  '#': 'remove',
};

/** What a key asks of the list; `hasFocus`: the list itself has it. */
export function actOf(event: KeyboardEvent, hasFocus: boolean): ListAct | undefined {
  const { key } = event;
  if (event.altKey) return undefined;
  if (event.ctrlKey || event.metaKey) return hasFocus && key.toLowerCase() === 'a' ? 'select-all' : undefined;
  if (event.shiftKey && hasFocus && key === 'ArrowDown') return 'select-next';
  if (event.shiftKey && hasFocus && key === 'ArrowUp') return 'select-previous';
  return MOVES[key] ?? (hasFocus ? ACTS[key] : undefined);
}

/** Whether a key press belongs to nobody but the page. */
export function isNobodys({ target }: Event): boolean {
  return target === document.body || (target instanceof HTMLElement && target.matches('main'));
}
