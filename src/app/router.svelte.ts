// Where in the app one is: read from the address, changed without loading the page anew. A place is shown once its code is
// there, and the one before it stays until then.

import { type Links, type Place, placeAt, PLACES } from '../ui/index.ts';
import { keptScroll, scrollBack } from './scrolling.ts';

type Content = Awaited<ReturnType<Place['load']>>['default'];

/** What is shown: nothing, where the address leads nowhere, or where the code of its place could not be loaded. */
export interface Shown {
  readonly place: Place | undefined;
  readonly id: string;
  readonly content: Content | undefined;
}

const NOWHERE: Shown = { place: undefined, id: '', content: undefined };
const loaded = new Map<Place, Content>();

export class Router implements Links {
  readonly start = '/';
  readonly tasks = '/tasks';
  #url = $state.raw(new URL(location.href));
  #shown = $state.raw(NOWHERE);
  #query = $derived(this.#url.searchParams);

  /** The place that is shown. A change of the query alone leaves it as it is. */
  get shown(): Shown {
    return this.#shown;
  }

  get query(): URLSearchParams {
    return this.#query;
  }

  /** Shows the place of the address for the first time. */
  ready(): Promise<void> {
    history.scrollRestoration = 'manual';
    return this.#show();
  }

  /** Begins to follow the address and the links. Returns what stops it. */
  listen(): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    const back = (event: PopStateEvent) => void this.#show().then(() => scrollBack(event.state));
    addEventListener('popstate', back, { signal });
    addEventListener('pagehide', keptScroll, { signal });
    document.addEventListener('click', (event) => this.#follow(event), { signal });
    return () => {
      stop.abort();
    };
  }

  /** Loads what may be wanted next, so that it is there at once. */
  async loadRest(): Promise<void> {
    for (const place of PLACES) await contentOf(place).catch(() => undefined);
  }

  task(id: string): string {
    return `/tasks/${encodeURIComponent(id)}`;
  }

  open(path: string): void {
    if (path === this.#url.pathname + this.#url.search) return;
    const isElsewhere = new URL(path, location.href).pathname !== this.#url.pathname;
    keptScroll();
    history.pushState(null, '', path);
    void this.#show().then(() => {
      if (isElsewhere) scrollTo(0, 0);
    });
  }

  /** Changes the address where one is, as typing into a search does, without a new entry in the history. */
  replace(path: string): void {
    history.replaceState(history.state, '', path);
    void this.#show();
  }

  async #show(): Promise<void> {
    const url = new URL(location.href);
    const at = placeAt(url.pathname);
    const content = at && (loaded.get(at.place) ?? (await contentOf(at.place).catch(() => undefined)));
    if (url.href !== location.href) return; // Somebody went on while it was loaded.
    this.#url = url;
    const { place, id } = at ?? { place: undefined, id: '' };
    const { shown } = this;
    if (place === shown.place && id === shown.id && content === shown.content) return;
    this.#shown = { place, id, content };
  }

  /** Plain clicks on the app's own links stay in the page; all others are the browser's. */
  #follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (link === null || !isPlain || event.defaultPrevented) return;
    if (link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return;
    if (placeAt(link.pathname) === undefined || (link.hash !== '' && link.pathname === location.pathname)) return;
    event.preventDefault();
    this.open(link.pathname + link.search);
  }
}

async function contentOf(place: Place): Promise<Content> {
  const { default: content } = await place.load();
  loaded.set(place, content);
  return content;
}
