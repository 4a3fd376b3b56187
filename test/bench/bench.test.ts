import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { drawn } from './chart.ts';
import { worsened } from './check.ts';
import type { Figures, Ratio } from './figures.ts';
import { inserted, markdown } from './markdown.ts';

const committed: Readonly<Record<string, Figures>> = JSON.parse(
  readFileSync(new URL('figures.json', import.meta.url), 'utf8'),
);

const speed: Ratio = { what: 'speed', value: 10, better: 'more' };
const cost: Ratio = { what: 'cost', value: 10, better: 'less' };

test('a ratio may be a fifth worse than the committed one, and not more', () => {
  const check = (value: number, ratio: Ratio) => worsened([{ ...ratio, value }], [ratio]);
  for (const [ratio, values] of [
    [speed, [8.1, 10, 100]],
    [cost, [11.9, 10, 1]],
  ] as const)
    for (const value of values) assert.deepEqual(check(value, ratio), [], `${value}`);
  assert.deepEqual(check(7.9, speed), ['speed: 7.90, was 10.00']);
  assert.deepEqual(check(12.1, cost), ['cost: 12.10, was 10.00']);
  assert.deepEqual(check(99, { ...cost, isOfTheMachine: true }), []);
  assert.deepEqual(worsened([], [cost]), ['cost: there was one, 10.00, and is none now']);
});

test('reports a missed target', () => {
  const ratios = [
    { ...speed, target: 10 },
    { ...cost, target: 9.9 },
  ];
  const lines = markdown({ ratios, tables: [] }, '2026-11-25').split('\n');
  assert.ok(lines[0]?.startsWith('Measured on 2026-11-25: Node 24.'));
  assert.deepEqual(lines.slice(-2), ['| speed | 10 | ≥ 10 | yes |', '| cost | 10 | ≤ 9.9 | no |']);
});

test('replaces the tables in a document, and changes nothing else', () => {
  const document = 'before\n<!-- bench a -->\nold\n<!-- end -->\n<!-- bench b -->\nkept\n<!-- end -->\nafter\n';
  const once = inserted(document, 'a', 'new');
  assert.equal(once, document.replace('old', 'new'));
  assert.equal(inserted(once, 'a', 'new'), once);
  assert.equal(inserted(document, 'c', 'new'), document);
});

test('a chart has a bar for each value, in proportion to it', () => {
  const bars = [
    { label: 'a <b>', value: 50, isOurs: true },
    { label: 'c', value: 100, isOurs: false },
  ];
  const svg = drawn({ title: 't', bars });
  const widths = [...svg.matchAll(/<rect [^>]*width="(\d+)"/g)].map(([, width]) => Number(width));
  assert.equal(widths.length, 2);
  assert.equal((widths[0] ?? 0) * 2, widths[1]);
  assert.match(svg, /a &lt;b>/);
});

test('deliver, capture, start and receivers are measured, and have the ratios that are committed', async () => {
  const run = fileURLToPath(new URL('run.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    run,
    '--quick',
    'deliver',
    'capture',
    'start',
    'receivers',
  ]);
  const ratios = stdout
    .slice(stdout.indexOf('### Ratios'))
    .split('\n\n')[1]
    ?.split('\n')
    .slice(2)
    .map((line) => line.split(' | '));
  assert.ok(ratios && ratios.length > 10);
  const known = new Set(Object.values(committed).flatMap(({ ratios }) => ratios.map(({ what }) => what)));
  for (const [what = '', value = ''] of ratios) {
    assert.ok(known.has(what.replace('| ', '')), `${what} is not committed: npm run bench -- --write`);
    assert.ok(Number(value.replaceAll(',', '')) >= 0, `${what}: ${value}`);
  }
});
