/**
 * Splits items into waves to be sent one after another: a wave holds at most one item of each group, and the items of a
 * group stand in their order. So a batch that is accepted by half can never let a group's later item pass an earlier one.
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

/** Splits items into runs of at most `size`, in order. */
export function inBatches<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** Splits texts into runs of at most `bytes` as UTF-8 with a comma between them, in order; a longer one stands alone. */
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
