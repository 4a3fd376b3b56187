// What is measured of speed and cost, each figure beside another of the same run: `npm run bench -- [SECTION…]`
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { drawn } from './chart.ts';
import { worsened } from './check.ts';
import type { Figures } from './figures.ts';
import { inserted, markdown } from './markdown.ts';
import { sections } from './sections.ts';

const HELP = `npm run bench -- [SECTION…] [--check] [--write] [--quick]

Sections: ${Object.keys(sections).join(', ')}; without one, all.

  --check  fail when a ratio is more than 20 % worse than the committed one
  --write  write the figures, the chart and the tables of docs/performance.md
  --quick  only see that it works: the figures mean nothing`;

const file = (name: string) => new URL(`../../${name}`, import.meta.url);
const committed = file('test/bench/figures.json');

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean' },
    help: { type: 'boolean' },
    quick: { type: 'boolean' },
    write: { type: 'boolean' },
  },
});
const isPart = positionals.length > 0;
const wrong = positionals.find((name) => !(name in sections)) ?? (isPart && values.write ? '--write with a part' : '');
if (wrong || values.help) {
  if (wrong) console.error(`The bench has no ${wrong}.`);
  console.log(HELP);
  process.exit(wrong ? 2 : 0);
}

const found: Figures[] = [];
for (const [name, section] of Object.entries(sections)) {
  if (isPart && !positionals.includes(name)) continue;
  console.error(`${name} …`);
  found.push(await section(values.quick ?? false));
}
const figures: Figures = {
  ratios: found.flatMap(({ ratios }) => ratios),
  tables: found.flatMap(({ tables }) => tables),
};
const text = markdown(figures, new Date().toISOString().slice(0, 10));
console.log(text);

if (values.check) {
  const { ratios }: Figures = JSON.parse(readFileSync(committed, 'utf8'));
  const measured = new Set(figures.ratios.map(({ what }) => what));
  const lines = worsened(figures.ratios, isPart ? ratios.filter(({ what }) => measured.has(what)) : ratios);
  for (const line of lines) console.error(`Worse than the committed run: ${line}`);
  if (lines.length > 0) process.exitCode = 1;
}
if (values.write) {
  const document = file('docs/performance.md');
  writeFileSync(committed, `${JSON.stringify(figures, null, 2)}\n`);
  writeFileSync(document, inserted(readFileSync(document, 'utf8'), text));
  for (const { chart } of found) if (chart) writeFileSync(file('docs/performance.svg'), drawn(chart));
}
