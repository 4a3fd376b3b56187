import { readFileSync } from 'node:fs';

// Loaded before each test file that runs against a mutant. A fixed seed makes results repeatable; without shrinking a
// property fails at once.
const file = process.argv.at(-1) ?? '';
if (file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes("'fast-check'")) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ seed: 1, endOnFailure: true });
}
