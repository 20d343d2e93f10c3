// Whether the browser has promised to keep what this site stores, and the question whether it will.

export class KeptStorage {
  #isKept = $state(false);

  get isKept(): boolean {
    return this.#isKept;
  }

  async load(): Promise<void> {
    this.#isKept = await navigator.storage.persisted().catch(() => false);
  }

  /** Firefox asks the person; other browsers decide by themselves. */
  async ask(): Promise<void> {
    this.#isKept = await navigator.storage.persist().catch(() => false);
  }
}
