// What the façade asks of the page it lives in: a tab's memory, and word of its coming and going.

export interface Memory {
  read(): string | null;
  write(value: string): void;
}

interface KeyValue {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** What a page has and no worker: the façade is held by a service worker, too. */
const page = globalThis as unknown as {
  sessionStorage: KeyValue;
  localStorage: KeyValue;
  window?: EventTarget;
  document?: EventTarget & { hidden: boolean };
};

/** What a tab remembers over a reload or a crash of its page, but not over the end of the browser. */
export function tabMemory(key: string): Memory {
  return memory(() => page.sessionStorage, key);
}

/** What a site remembers apart from its databases and files, which a browser may evict. */
export function siteMemory(key: string): Memory {
  return memory(() => page.localStorage, key);
}

function memory(storage: () => KeyValue, key: string): Memory {
  return {
    read: () => attempt(() => storage().getItem(key)),
    write: (value) => {
      attempt(() => {
        storage().setItem(key, value);
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

/** Asks the browser not to clear this site's storage of its own accord. Only a page may ask; Firefox asks the person. */
export function askToKeepStorage(): void {
  const { storage } = navigator as { storage?: StorageManager & { persist?: () => Promise<boolean> } };
  if (page.window === undefined || storage?.persist === undefined) return;
  void storage
    .persisted()
    .then((kept) => kept || storage.persist?.())
    .catch(() => false);
}

/** What happens to a page that its engine, or a service worker, has to do with. */
export interface Turns {
  /** It came back, or the network did: something may have been missed. */
  wake: () => void;
  /** It is out of sight: often the last that is heard of a page. */
  hide: () => void;
  /** It goes: what runs is handed back. */
  leave: () => void;
  /** It is laid aside, to be shown again by Back: nothing of it runs until then, and nothing of it may be in others' way. */
  aside: () => void;
}

export function followPage({ wake, hide, leave, aside }: Turns): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const { window, document } = page;
  const isKept = (event: Event) => 'persisted' in event && event.persisted === true;
  window?.addEventListener('online', wake, { signal });
  window?.addEventListener('pageshow', (event) => (isKept(event) ? wake() : undefined), { signal });
  window?.addEventListener('pagehide', hide, { signal });
  window?.addEventListener('pagehide', (event) => (isKept(event) ? aside() : leave()), { signal });
  document?.addEventListener('visibilitychange', () => (document.hidden ? hide() : wake()), { signal });
  return () => {
    stop.abort();
  };
}

/** https://wicg.github.io/background-sync/spec/: Chromium alone has it. */
interface Syncing {
  readonly sync?: { register(tag: string): Promise<void> };
}

/** Asks the browser to wake the service worker once there is a network, with this page or without. */
export async function registerSync(tag: string): Promise<void> {
  const { serviceWorker } = navigator as {
    serviceWorker?: { getRegistration(): Promise<Syncing | undefined> };
  };
  const registration = await serviceWorker?.getRegistration();
  await registration?.sync?.register(tag);
}
