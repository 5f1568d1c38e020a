import { EventEmitter, once } from 'node:events';

/** A way that is closed until it is opened once. */
export class Opening {
  readonly #door = new EventEmitter<{ open: [] }>().setMaxListeners(0);
  #isOpen: boolean;

  constructor(isOpen: boolean) {
    this.#isOpen = isOpen;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
    this.#door.emit('open');
  }

  /** Resolves when the way is open. Rejects when `signal` aborts. */
  async whenOpen(signal: AbortSignal): Promise<void> {
    if (!this.#isOpen) await once(this.#door, 'open', { signal });
  }
}
