/**
 * Splits items into waves that are sent one after another. A wave has at most one item of each group, and each group keeps
 * its order. If half of a batch is accepted, no item can then overtake an earlier item of its group.
 */
export function inWaves<Item>(items: readonly Item[], groupOf: (item: Item) => string): Item[][] {
  const waves: Item[][] = [];
  const sent = new Map<string, number>();
  for (const item of items) {
    const group = groupOf(item);
    const wave = sent.get(group) ?? 0;
    sent.set(group, wave + 1);
    waves[wave] ??= [];
    waves[wave].push(item);
  }
  return waves;
}

/** Splits items into batches of at most `size`, in order. */
export function inBatches<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/**
 * Splits texts into batches, in order. A batch has at most `bytes` in UTF-8, with a comma between texts. A longer text has
 * a batch for itself.
 */
export function inBatchesOfBytes(texts: readonly string[], bytes: number): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const needed = Buffer.byteLength(text) + 1;
    if (batches.length === 0 || needed > room) {
      batches.push([]);
      room = bytes;
    }
    room -= needed;
    batches.at(-1)?.push(text);
  }
  return batches;
}
