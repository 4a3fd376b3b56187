// What is measured of speed and cost, each figure beside another of the same run: `npm run bench -- [SECTION…]`
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Figures } from './figures.ts';
import { markdown } from './markdown.ts';
import { sections } from './sections.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});

const unknown = positionals.filter((name) => !(name in sections));
if (unknown.length > 0) {
  console.error(`The bench has no ${unknown.join(', ')}: it has ${Object.keys(sections).join(', ')}.`);
  process.exit(2);
}

const found: Figures[] = [];
for (const [name, section] of Object.entries(sections)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.error(`${name} …`);
  found.push(await section(values.quick));
}
const figures: Figures = {
  ratios: found.flatMap(({ ratios }) => ratios),
  tables: found.flatMap(({ tables }) => tables),
};
console.log(markdown(figures, new Date().toISOString().slice(0, 10)));
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
