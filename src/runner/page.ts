// What the façade asks of the page it lives in: a tab's memory, and word of its coming and going.

/** What a tab remembers over a reload or a crash of its page, but not over the end of the browser. */
export function tabMemory(key: string): { read(): string | null; write(value: string): void } {
  return {
    read: () => attempt(() => sessionStorage.getItem(key)),
    write: (value) => {
      attempt(() => {
        sessionStorage.setItem(key, value);
        return null;
      });
    },
  };
}

/** Storage may be forbidden to this page: then it remembers nothing. */
function attempt(use: () => string | null): string | null {
  try {
    return use();
  } catch {
    return null;
  }
}

/** The page came back, or the network did: something may have been missed. The page goes: hand back what runs. */
export function wakeOnReturn(wake: () => void, leave: () => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  if (typeof window !== 'undefined') {
    window.addEventListener('online', wake, { signal });
    window.addEventListener('pageshow', (event) => (event.persisted ? wake() : undefined), { signal });
    window.addEventListener('pagehide', (event) => (event.persisted ? undefined : leave()), { signal });
    document.addEventListener('visibilitychange', () => (document.hidden ? undefined : wake()), { signal });
  }
  return () => {
    stop.abort();
  };
}
