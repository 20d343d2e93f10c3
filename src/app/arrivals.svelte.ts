// What the address, or the system, asks the app for as it opens: files to take in, or to pause everything. A link may come from
// anywhere, so that nothing is done before a person has said so.

import type { Board } from '../ui/index.ts';
import { onOpenedFiles, takeShared } from './brought.ts';
import { DEVICE } from './device-words.ts';

type Bring = (files: Promise<readonly File[]>) => void;

export class Arrivals {
  readonly #board: Board;
  #asksToPause = $state(false);

  constructor(board: Board) {
    this.#board = board;
  }

  /** Somebody has chosen to pause everything, from the app's icon, it may be. */
  get asksToPause(): boolean {
    return this.#asksToPause;
  }

  start(bring: Bring): void {
    onOpenedFiles(bring);
    const { links } = this.#board;
    const query = new URLSearchParams(links.query);
    const shared = query.get('shared');
    this.#asksToPause = query.get('do') === 'pause-all';
    if (shared === null && !this.#asksToPause) return;
    query.delete('shared');
    query.delete('do');
    links.replace(query.size === 0 ? location.pathname : `${location.pathname}?${query}`);
    if (shared !== null) bring(this.#shared(shared));
  }

  async pauseAll(): Promise<void> {
    this.#asksToPause = false;
    const { runner, toasts } = this.#board;
    try {
      const { ruleId } = await runner.pause();
      toasts.show({ text: DEVICE.paused, undo: () => void runner.resume({ ruleId }).catch(toasts.tell.bind(toasts)) });
    } catch (error) {
      toasts.tell(error);
    }
  }

  dismiss(): void {
    this.#asksToPause = false;
  }

  async #shared(id: string): Promise<readonly File[]> {
    try {
      const files = await takeShared(id);
      await this.#board.runner.shared().catch(() => undefined);
      return files;
    } catch {
      throw new Error(DEVICE.shareFailed);
    }
  }
}
