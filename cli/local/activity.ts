import type { ActivityEntry } from '../../functions/console/local-api.ts';

/** Number of recent entries that a new listener receives. */
const KEPT = 12;

/** The activity of a local run. It notifies its listeners of each entry. */
export class Activity {
  readonly #listeners = new Set<(entry: ActivityEntry) => void>();
  #latest: readonly ActivityEntry[] = [];
  #count = 0;

  add(kind: ActivityEntry['kind'], text: string, detail: string): void {
    const entry = { n: ++this.#count, at: Date.now(), kind, text, detail };
    this.#latest = [...this.#latest, entry].slice(-KEPT);
    for (const listener of this.#listeners) listener(entry);
  }

  /** @returns A function that removes the listener. */
  listen(listener: (entry: ActivityEntry) => void): () => void {
    for (const entry of this.#latest) listener(entry);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
