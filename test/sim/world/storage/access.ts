// A sync access handle: exclusive while it is open, and let go when its realm ends.

import type { FileNode } from './disk.ts';
import type { View } from './handles.ts';
import type { Lands } from '../realm.ts';

interface At {
  at?: number;
}

/** Opens a file for one realm alone. */
export function access(node: FileNode, path: string, { realm, meter }: View) {
  let [position, isOpen] = [0, true];
  const release = () => {
    if (isOpen) node.isOpen = false;
    isOpen = false;
  };
  node.isOpen = true;
  const forget = realm.onEnd(release);
  const now = () => realm.home.scheduler.now;
  /** How much of an operation comes to the disk: all, unless the realm has ended by then. Throws where it fails. */
  const use = (what: string, changes: boolean): Lands => {
    if (!isOpen && realm.isAlive) throw new DOMException(`${path} is closed.`, 'InvalidStateError');
    const verdict = meter.use(realm, 'files', `${what} ${path}`, changes);
    if (verdict.kind === 'fail') throw verdict.error;
    return verdict.kind === 'dead' ? verdict.lands : 'all';
  };
  return {
    getSize: () => node.size,
    read: (buffer: Uint8Array, { at = position }: At = {}): number => {
      use('read', false);
      const bytes = node.content().subarray(at, at + buffer.length);
      buffer.set(bytes);
      position = at + bytes.length;
      return bytes.length;
    },
    write: (bytes: Uint8Array, { at = position }: At = {}): number => {
      const landed = SHARES[use(`write ${bytes.length} bytes at ${at} of`, true)] * bytes.length;
      if (landed > 0) node.write(bytes.subarray(0, landed), at, now());
      position = at + bytes.length;
      return bytes.length;
    },
    truncate: (size: number): void => {
      if (use(`truncate to ${size}`, node.size !== size) === 'all') node.truncate(size, now());
    },
    flush: (): void => {
      if (use('flush', false) === 'all') node.flush();
    },
    close: (): void => {
      release();
      forget();
    },
  };
}

const SHARES: Record<Lands, number> = { nothing: 0, half: 0.5, all: 1 };
