// npm run bench -- [SECTION…]: measures speed and cost. Each figure has another of the same run beside it.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { root } from '../../infra/folders.ts';
import { worsened } from './check.ts';
import type { Figures } from './figures.ts';
import { headline, type Kept } from './headline.ts';
import { inserted, machine, markdown } from './markdown.ts';
import { sections } from './sections.ts';

const HELP = `npm run bench -- [SECTION…] [--check] [--write] [--quick] [--json FILE]

Sections: ${Object.keys(sections).join(', ')}; without one, all.

  --check  fail when a ratio is more than 20 % worse than the committed one
  --write  keep the figures in test/bench/figures.json and, with the charts, in docs/, where a document has a section's mark
  --quick  only see that it works: the figures mean nothing
  --json   write the figures to a file`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !(name in sections));
if (unknown.length > 0) console.error(`The bench has no ${unknown.join(', ')}.`);
if (unknown.length > 0 || values.help) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

const day = new Date().toISOString().slice(0, 10);
const committedFile = `${root}test/bench/figures.json`;
const committed: Record<string, Kept> = JSON.parse(readFileSync(committedFile, 'utf8'));

const found: Figures[] = [];
for (const [name, section] of Object.entries(sections)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.error(`${name} …`);
  const figures = await section(values.quick);
  found.push(figures);
  if (values.check)
    for (const line of worsened(figures.ratios, committed[name]?.ratios ?? [])) {
      console.error(`Worse than the committed run: ${line}`);
      process.exitCode = 1;
    }
  if (values.write) write(name, figures);
}
const figures: Figures = {
  ratios: found.flatMap(({ ratios }) => ratios),
  tables: found.flatMap(({ tables }) => tables),
};
console.log(markdown(figures, day));
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);

function write(name: string, figures: Figures): void {
  const { ratios, tables, files = {} } = figures;
  Object.assign(committed, { [name]: { day, machine: machine(), ratios, tables } });
  writeFileSync(committedFile, `${JSON.stringify(committed, null, 2)}\n`);
  for (const [path, content] of Object.entries(files)) writeFileSync(root + path, content);
  for (const path of globSync('docs/*.md', { cwd: root })) {
    const text = readFileSync(root + path, 'utf8');
    writeFileSync(root + path, inserted(text, name, markdown(figures, day)));
  }
  const readme = readFileSync(`${root}README.md`, 'utf8');
  writeFileSync(`${root}README.md`, inserted(readme, 'headline', headline(committed)));
}
