// A page of a service worker of its own, in a frame: what it fetches goes through that, as an app's page does.

export interface ServedFrame {
  fetch: typeof fetch;
  worker: ServiceWorker;
  close(): Promise<void>;
}

/** The service worker must answer for its scope with a page. */
export async function openServedFrame(
  script: string | URL,
  scope: string,
  type: WorkerType = 'module',
): Promise<ServedFrame> {
  const registration = await navigator.serviceWorker.register(script, { type, scope });
  await activated(registration);
  const frame = document.createElement('iframe');
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  frame.src = scope;
  document.body.append(frame);
  await loaded;
  const view = frame.contentWindow as (Window & typeof globalThis) | null;
  const worker = view?.navigator.serviceWorker.controller;
  if (view === null || worker == null) throw new Error('The frame is nobody’s.');
  return {
    worker,
    fetch: view.fetch.bind(view),
    close: async () => {
      frame.remove();
      await registration.unregister();
    },
  };
}

function activated({ active, installing, waiting }: ServiceWorkerRegistration): Promise<unknown> {
  const worker = installing ?? waiting;
  if (worker === null || active !== null) return Promise.resolve();
  return new Promise<void>((resolve, reject) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve();
      if (worker.state === 'redundant') reject(new Error('The service worker could not be installed.'));
    });
  });
}
