import { mock, test } from 'node:test';
import { pathToFileURL } from 'node:url';

// node test/together.ts FILES: runs test files in one process, one after another. A process for each would load the same modules
// again, which takes most of the time of a short file. What a file leaves changed in the process is restored for the next one.
const variables = { ...process.env };
const printing = { ...console };

for (const file of process.argv.slice(2)) {
  await test(file, () => import(pathToFileURL(file).href));
  mock.reset();
  Object.assign(console, printing);
  for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
  Object.assign(process.env, variables);
}
