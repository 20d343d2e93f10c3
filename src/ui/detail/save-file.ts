// Hands a file to the person through the browser's own download.

import { systemClock } from '../../task/index.ts';

/** Long enough for the slowest browser to have begun; the file stays referenced until then. */
const REVOKE_AFTER_MS = 60_000;

/** Starts the download of a file under a name. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  systemClock.timer(() => {
    URL.revokeObjectURL(url);
  }, REVOKE_AFTER_MS);
}
