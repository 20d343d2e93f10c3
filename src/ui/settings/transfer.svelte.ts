// Everything out, in, or gone: how far it is, what is in an import, and what came of it.

import type { ImportOptions, ImportPreview } from '../../runner/index.ts';
import { systemClock } from '../../task/index.ts';
import type { Board } from '../board.svelte.ts';
import { saveFile } from '../detail/save-file.ts';
import { machine } from '../time/format.ts';
import { ERASE, IMPORT, SETTINGS } from '../words/settings.ts';

interface Far {
  done: number;
  total: number;
}

export class Transfer {
  #board: Board;
  #far = $state.raw<Far>();
  #busy = $state<'export' | 'read' | 'import'>();
  #zip = $state.raw<File>();
  #preview = $state.raw<ImportPreview>();
  #arrived = $state.raw<{ text: string; ruleId: string | null }>();

  constructor(board: Board) {
    this.#board = board;
  }

  get busy(): 'export' | 'read' | 'import' | undefined {
    return this.#busy;
  }

  get far(): Far | undefined {
    return this.#far;
  }

  /** What the chosen export holds, until it was taken or put away. */
  get preview(): ImportPreview | undefined {
    return this.#preview;
  }

  /** What came of the last import, and the rule under which it came. */
  get arrived(): { text: string; ruleId: string | null } | undefined {
    return this.#arrived;
  }

  async export(): Promise<void> {
    await this.#do('export', async () => {
      const zip = await this.#board.runner.exportAll({ onProgress: (far) => (this.#far = far) });
      saveFile(zip, SETTINGS.exportName(machine(systemClock.now()).slice(0, 10)));
      this.#board.toasts.show({ text: SETTINGS.exported(zip.size) });
    });
  }

  /** Looks through an export; nothing of it is taken. */
  async read(zip: File): Promise<void> {
    await this.#do('read', async () => {
      this.#arrived = undefined;
      const preview = await this.#board.runner.readImport(zip);
      // Both at once: the last one may only just have been put away.
      this.#zip = zip;
      this.#preview = preview;
    });
  }

  putAway(): void {
    this.#zip = undefined;
    this.#preview = undefined;
  }

  async take(conflicts: ImportOptions['conflicts']): Promise<void> {
    const zip = this.#zip;
    if (zip === undefined) return;
    await this.#do('import', async () => {
      const onProgress = (far: Far) => (this.#far = far);
      const { imported, skipped, ruleId } = await this.#board.runner.importAll(zip, { conflicts, onProgress });
      this.putAway();
      this.#arrived = { text: IMPORT.took(imported, skipped), ruleId };
    });
  }

  /** Lifts the rule under which an import came. */
  async letGo(): Promise<void> {
    const ruleId = this.#arrived?.ruleId;
    if (ruleId === undefined || ruleId === null) return;
    try {
      await this.#board.runner.resume({ ruleId });
      this.#arrived = undefined;
      this.#board.toasts.show({ text: IMPORT.wentOn });
    } catch (error) {
      this.#board.toasts.tell(error);
    }
  }

  async erase(): Promise<void> {
    try {
      await this.#board.runner.erase();
      this.#board.toasts.show({ text: ERASE.done });
    } catch (error) {
      this.#board.toasts.tell(error);
    }
  }

  async #do(what: 'export' | 'read' | 'import', work: () => Promise<void>): Promise<void> {
    if (this.#busy !== undefined) return;
    this.#busy = what;
    try {
      await work();
    } catch (error) {
      this.#board.toasts.tell(error);
    } finally {
      this.#busy = undefined;
      this.#far = undefined;
    }
  }
}
