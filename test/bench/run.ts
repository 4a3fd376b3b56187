// What is measured of speed and cost, each figure beside another of the same run: `npm run bench -- [SECTION…]`
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { root } from '../../infra/local/folders.ts';
import type { Figures } from './figures.ts';
import { markdown } from './markdown.ts';
import { sections } from './sections.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    /** Also into docs/, between the marks of each section, with the charts. */
    write: { type: 'boolean', default: false },
  },
});

const unknown = positionals.filter((name) => !(name in sections));
if (unknown.length > 0) {
  console.error(`The bench has no ${unknown.join(', ')}: it has ${Object.keys(sections).join(', ')}.`);
  process.exit(2);
}

const day = new Date().toISOString().slice(0, 10);

/** A document says where a section's figures belong: between `<!-- bench NAME -->` and `<!-- end -->`. */
function write(name: string, figures: Figures): void {
  for (const [path, content] of Object.entries(figures.files ?? {})) writeFileSync(`${root}${path}`, content);
  const marked = new RegExp(`(<!-- bench ${name} -->\n)[^]*?(<!-- end -->)`);
  for (const path of globSync('docs/*.md', { cwd: root })) {
    const text = readFileSync(`${root}${path}`, 'utf8');
    if (marked.test(text))
      writeFileSync(
        `${root}${path}`,
        text.replace(marked, (_, from, to) => `${from}${markdown(figures, day)}\n${to}`),
      );
  }
}

const found: Figures[] = [];
for (const [name, section] of Object.entries(sections)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.error(`${name} …`);
  const figures = await section(values.quick);
  found.push(figures);
  if (values.write) write(name, figures);
}
const figures: Figures = {
  ratios: found.flatMap(({ ratios }) => ratios),
  tables: found.flatMap(({ tables }) => tables),
};
console.log(markdown(figures, day));
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
