import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../infra/folders.ts';
import { run } from '../local/process.ts';

/** An import of another declaration of the project. */
const OWN_IMPORT = /(?<=from ')(\.[^']+)\.ts(?=')/g;

/**
 * Writes the type declarations of the constructs into a folder, and only those that they refer to. They are `.d.cts` files, because
 * the constructs are CommonJS.
 */
export async function writeDeclarations(into: string): Promise<void> {
  const emitted = mkdtempSync(join(tmpdir(), 'crm-triggers-types-'));
  try {
    const tsc = join(root, 'test', 'node_modules', 'typescript', 'bin', 'tsc');
    await run(process.execPath, [tsc, '--project', 'tsconfig.package.json', '--outDir', emitted], { cwd: root });
    const files = new Set([join('infra', 'package')]);
    for (const file of files) {
      const text = readFileSync(join(emitted, `${file}.d.ts`), 'utf8');
      for (const [, path = ''] of text.matchAll(OWN_IMPORT)) files.add(join(dirname(file), path));
      const target = join(into, `${file}.d.cts`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text.replace(OWN_IMPORT, '$1.cjs'));
    }
  } finally {
    rmSync(emitted, { recursive: true });
  }
}
