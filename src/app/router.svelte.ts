// Where in the app one is: read from the address, changed without loading the page anew.

import type { Links } from '../ui/index.ts';

export type Place = { name: 'start' } | { name: 'tasks' } | { name: 'task'; id: string } | { name: 'nowhere' };

export class Router implements Links {
  readonly start = '/';
  readonly tasks = '/tasks';
  #url = $state.raw(new URL(location.href));
  #path = $derived(this.#url.pathname);
  // A change of the query alone leaves the place as it is.
  #place = $derived(placeOf(this.#path));

  get place(): Place {
    return this.#place;
  }

  get query(): URLSearchParams {
    return this.#url.searchParams;
  }

  /** Begins to follow the address and the links. Returns what stops it. */
  listen(): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    addEventListener('popstate', () => this.#read(), { signal });
    document.addEventListener('click', (event) => this.#follow(event), { signal });
    return () => {
      stop.abort();
    };
  }

  task(id: string): string {
    return `/tasks/${encodeURIComponent(id)}`;
  }

  open(path: string): void {
    if (path === this.#url.pathname + this.#url.search) return;
    history.pushState(null, '', path);
    this.#read();
    scrollTo(0, 0);
  }

  /** Changes the address where one is, as a filter does, without a new entry in the history. */
  replace(path: string): void {
    history.replaceState(history.state, '', path);
    this.#read();
  }

  #read(): void {
    this.#url = new URL(location.href);
  }

  /** Plain clicks on the app's own links stay in the page; all others are the browser's. */
  #follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (link === null || !isPlain || event.defaultPrevented) return;
    if (link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return;
    if (placeOf(link.pathname).name === 'nowhere' || (link.hash !== '' && link.pathname === location.pathname)) return;
    event.preventDefault();
    this.open(link.pathname + link.search);
  }
}

function placeOf(path: string): Place {
  if (path === '/') return { name: 'start' };
  if (path === '/tasks' || path === '/tasks/') return { name: 'tasks' };
  const id = /^\/tasks\/([^/]+)$/.exec(path)?.[1];
  return id === undefined ? { name: 'nowhere' } : taskPlace(id);
}

/** An address that is no valid encoding leads nowhere instead of throwing. */
function taskPlace(encoded: string): Place {
  try {
    return { name: 'task', id: decodeURIComponent(encoded) };
  } catch {
    return { name: 'nowhere' };
  }
}
