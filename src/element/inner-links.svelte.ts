// Where in the board one is, kept inside of the element: the page's address is the host's.

import { type Links, type Place, placeAt } from '../ui/index.ts';

type Content = Awaited<ReturnType<Place['load']>>['default'];

/** What is shown; nothing until it is loaded, and where the path leads nowhere. */
export interface Shown {
  readonly place: Place | undefined;
  readonly id: string;
  readonly content: Content | undefined;
}

/** Any origin will do: only what stands behind it is looked at. */
const ORIGIN = 'https://errand.invalid';

export class InnerLinks implements Links {
  readonly start: string;
  readonly tasks = '/tasks';
  #url = $state.raw(new URL(ORIGIN));
  #shown = $state.raw<Shown>({ place: undefined, id: '', content: undefined });

  constructor(start: string) {
    this.start = start;
    this.open(start);
  }

  get shown(): Shown {
    return this.#shown;
  }

  get path(): string {
    return this.#url.pathname;
  }

  get query(): URLSearchParams {
    return this.#url.searchParams;
  }

  task(id: string): string {
    return `/tasks/${encodeURIComponent(id)}`;
  }

  open(path: string): void {
    this.replace(path);
  }

  replace(path: string): void {
    const url = new URL(path, ORIGIN);
    this.#url = url;
    void this.#show(url);
  }

  /** Plain clicks on links of the board stay in it. Says where to. */
  follow(event: MouseEvent): string | undefined {
    const link = event.composedPath().find((each) => each instanceof HTMLAnchorElement);
    if (link === undefined || event.defaultPrevented || link.hasAttribute('download') || link.target !== '')
      return undefined;
    const path = link.getAttribute('href') ?? '';
    if (!path.startsWith('/') || placeAt(new URL(path, ORIGIN).pathname) === undefined) return undefined;
    event.preventDefault();
    this.open(path);
    return path;
  }

  async #show(url: URL): Promise<void> {
    const at = placeAt(url.pathname);
    const content = at === undefined ? undefined : (await at.place.load()).default;
    if (url !== this.#url) return; // Somebody went on while it was loaded.
    this.#shown = { place: at?.place, id: at?.id ?? '', content };
  }
}
