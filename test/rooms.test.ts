import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { test } from 'node:test';
import { root } from '../infra/folders.ts';

const read = (name: string) => readFileSync(join(root, name), 'utf8');

const files = globSync('{functions,infra,cli}/**/*.{ts,tsx}', { cwd: root }).map((file) => file.replaceAll(sep, '/'));

/** `core` for functions/core/…, `cli` for everything below cli/. */
function roomOf(file: string): string {
  const [top = '', below = ''] = file.split('/');
  return top === 'functions' ? below : top;
}

/** Each source file with the source files that it imports, also those whose types alone it imports. */
const imports = new Map(
  files.map((file) => {
    const specifiers = read(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
    const imported = [...specifiers].map(([, path = '']) => join(dirname(file), path).replaceAll(sep, '/'));
    return [file, imported.filter((path) => files.includes(path))];
  }),
);

/** The arrows `a --> b & c` of the first diagram under "Rooms" in ARCHITECTURE.md. */
function drawn(): Set<string> {
  const [, diagram = ''] = read('ARCHITECTURE.md').match(/## Rooms.*?```mermaid(.*?)```/s) ?? [];
  const arrows = [...diagram.matchAll(/^ *(\w+) --> (.+)$/gm)];
  return new Set(arrows.flatMap(([, from, to = '']) => to.split('&').map((name) => `${from} --> ${name.trim()}`)));
}

/** A path that leads back to where it began, or nothing. */
function circle(arrows: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of arrows.get(node) ?? []) {
      const found = visit(next, [...path, node]);
      if (found) return found;
    }
    done.add(node);
    return undefined;
  };
  for (const node of arrows.keys()) {
    const found = visit(node, []);
    if (found) return found;
  }
  return undefined;
}

test('the diagram of the rooms has an arrow for each import between rooms, and no other', () => {
  const made = new Set(
    [...imports].flatMap(([file, imported]) =>
      imported.filter((of) => roomOf(of) !== roomOf(file)).map((of) => `${roomOf(file)} --> ${roomOf(of)}`),
    ),
  );
  assert.ok(made.size > 10);
  assert.deepEqual([...drawn()].sort(), [...made].sort());
});

test('no arrow of the diagram leads upwards: the rooms have no circle', () => {
  const arrows = Map.groupBy([...drawn()], (arrow) => arrow.split(' --> ')[0] ?? '');
  const targets = [...arrows].map(
    ([from, list]) => [from, list.map((arrow) => arrow.split(' --> ')[1] ?? '')] as const,
  );
  assert.equal(circle(new Map(targets)), undefined);
  assert.deepEqual(
    circle(
      new Map([
        ['a', ['b']],
        ['b', ['a']],
      ]),
    ),
    ['a', 'b', 'a'],
    'a circle is found',
  );
});

test('no files import each other in a circle', () => {
  assert.equal(circle(imports), undefined);
});

test('no file but the style sheet has more than 220 lines, and half of them at most 60', () => {
  const lengths = globSync('{functions,infra,cli}/**/*.{ts,tsx}', { cwd: root })
    .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
    .sort((a, b) => a.lines - b.lines);
  assert.deepEqual(
    lengths.filter(({ lines }) => lines > 220),
    [],
  );
  const median = lengths[Math.floor(lengths.length / 2)]?.lines ?? 0;
  assert.ok(median <= 60, `the median is ${median}`);
});
