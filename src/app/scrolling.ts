// How far down a person was, kept with each entry of the history: back leads there, even where the page is still growing.

interface Kept {
  scroll: number;
}

/** How long a page may take to grow to where one was. */
const GROWS_MS = 2_000;

/** Notes in the current entry how far down the page is. */
export function keptScroll(): void {
  history.replaceState({ scroll: scrollY } satisfies Kept, '');
}

/** Goes back to where an entry was left, as soon as the page is long enough, unless somebody scrolls first. */
export function scrollBack(state: unknown): void {
  const top = isKept(state) ? state.scroll : 0;
  const stop = new AbortController();
  const observer = new ResizeObserver(attempt);
  stop.signal.addEventListener('abort', () => {
    observer.disconnect();
  });
  for (const kind of ['wheel', 'touchstart', 'keydown', 'popstate'])
    addEventListener(kind, () => stop.abort(), { signal: stop.signal, passive: true });
  setTimeout(() => stop.abort(), GROWS_MS);
  observer.observe(document.body);
  attempt();

  function attempt(): void {
    if (document.documentElement.scrollHeight < top + innerHeight && top > 0) return;
    scrollTo(0, top);
    stop.abort();
  }
}

function isKept(state: unknown): state is Kept {
  return typeof state === 'object' && state !== null && 'scroll' in state && typeof state.scroll === 'number';
}
