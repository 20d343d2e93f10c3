// An event target, as plain as it gets. Node's own would take the process down where a listener throws.

export interface Happening {
  readonly type: string;
  readonly data?: unknown;
  readonly message?: string;
  readonly error?: unknown;
  preventDefault(): void;
}

type Listener = (event: Happening) => void;

export class Emitter {
  readonly #listeners = new Map<string, Set<Listener>>();

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  /** Calls everybody who listens, `on...` included. True where somebody prevented what would come of it. */
  emit(type: string, facts: Partial<Happening> = {}): boolean {
    let isPrevented = false;
    const event: Happening = {
      type,
      ...facts,
      preventDefault: () => {
        isPrevented = true;
      },
    };
    const on: unknown = Reflect.get(this, `on${type}`);
    if (typeof on === 'function') (on as Listener)(event);
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event);
    return isPrevented;
  }
}
