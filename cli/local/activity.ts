import type { ActivityEntry } from '../../functions/console/local-api.ts';

/** How many of the latest entries a new listener gets. */
const KEPT = 12;

/** Reports the activity of a local run to listeners. */
export class Activity {
  readonly #listeners = new Set<(entry: ActivityEntry) => void>();
  #latest: readonly ActivityEntry[] = [];
  #count = 0;

  add(kind: ActivityEntry['kind'], text: string, detail: string): void {
    const entry = { n: ++this.#count, at: Date.now(), kind, text, detail };
    this.#latest = [...this.#latest, entry].slice(-KEPT);
    for (const listener of this.#listeners) listener(entry);
  }

  /** @returns What ends it. */
  listen(listener: (entry: ActivityEntry) => void): () => void {
    for (const entry of this.#latest) listener(entry);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
