/** A heap: the lowest key first, and for equal keys the first that was added. */
export class Heap<Value> {
  readonly #nodes: { readonly key: number; readonly made: number; readonly value: Value }[] = [];
  #made = 0;

  get size(): number {
    return this.#nodes.length;
  }

  push(key: number, value: Value): void {
    const nodes = this.#nodes;
    const node = { key, made: this.#made++, value };
    let index = nodes.push(node) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = nodes[parent];
      if (!above || !isBefore(node, above)) break;
      nodes[index] = above;
      index = parent;
    }
    nodes[index] = node;
  }

  pop(): { readonly key: number; readonly value: Value } | undefined {
    const nodes = this.#nodes;
    const [first] = nodes;
    const last = nodes.pop();
    if (!first || !last || nodes.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const [left, right] = [nodes[child], nodes[child + 1]];
      if (left && right && isBefore(right, left)) child++;
      const below = nodes[child];
      if (!below || !isBefore(below, last)) break;
      nodes[index] = below;
      index = child;
    }
    nodes[index] = last;
    return first;
  }
}

interface Node {
  readonly key: number;
  readonly made: number;
}

function isBefore(a: Node, b: Node): boolean {
  return a.key === b.key ? a.made < b.made : a.key < b.key;
}
