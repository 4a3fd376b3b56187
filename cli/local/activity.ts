/** What the agent did on the page, or what the sample receiver got for it. */
export interface Happening {
  /** Counts them. */
  readonly n: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: 'agent' | 'call';
  readonly text: string;
  readonly detail: string;
}

/** Whoever begins to listen is told so many of the latest. */
const KEPT = 12;

/** Tells those who listen what happens in a local run. */
export class Happenings {
  readonly #listeners = new Set<(happening: Happening) => void>();
  #latest: readonly Happening[] = [];
  #count = 0;

  add(kind: Happening['kind'], text: string, detail: string): void {
    const happening = { n: ++this.#count, at: Date.now(), kind, text, detail };
    this.#latest = [...this.#latest, happening].slice(-KEPT);
    for (const listener of this.#listeners) listener(happening);
  }

  /** @returns What ends it. */
  listen(listener: (happening: Happening) => void): () => void {
    for (const happening of this.#latest) listener(happening);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
