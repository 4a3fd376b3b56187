import { Heap } from './heap.ts';

/** Virtual time of an event simulation, milliseconds from its beginning. */
export class Events {
  now = 0;
  readonly #queue = new Heap<() => void>();

  after(milliseconds: number, act: () => void): void {
    this.#queue.push(this.now + milliseconds, act);
  }

  /** Lets everything happen up to a time. */
  runUntil(end: number): void {
    for (;;) {
      const next = this.#queue.pop();
      if (!next) break;
      if (next.key > end) {
        this.#queue.push(next.key, next.value);
        break;
      }
      this.now = next.key;
      next.value();
    }
    this.now = end;
  }
}
