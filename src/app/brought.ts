// What comes from outside: files opened with the app, and files shared to it. Each only prepares a task.

const CACHE = 'errand-shared';

/** https://wicg.github.io/web-app-launch/ */
interface LaunchQueue {
  setConsumer(consume: (launch: { files?: readonly { getFile(): Promise<File> }[] }) => void): void;
}

/** Calls back with the files that the app was opened with. */
export function onOpenedFiles(bring: (files: Promise<readonly File[]>) => void): void {
  const { launchQueue } = window as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(({ files = [] }) => {
    if (files.length > 0) bring(Promise.all(files.map((file) => file.getFile())));
  });
}

/** Takes up what the service worker has laid down under an id; it is there once. */
export async function takeShared(id: string): Promise<readonly File[]> {
  const cache = await caches.open(CACHE);
  const files: File[] = [];
  for (const request of await cache.keys()) {
    if (!new URL(request.url).pathname.startsWith(`/share/${id}/`)) continue;
    const response = await cache.match(request);
    if (response === undefined) continue;
    const { headers } = response;
    const [name, type] = ['x-name', 'x-type'].map((header) => decodeURIComponent(headers.get(header) ?? ''));
    files.push(
      new File([await response.blob()], name === undefined || name === '' ? 'shared' : name, { type: type ?? '' }),
    );
  }
  await caches.delete(CACHE);
  if (files.length === 0) throw new Error('No shared files were found.');
  return files;
}
