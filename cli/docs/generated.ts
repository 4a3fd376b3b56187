import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../infra/folders.ts';
import { cliDocument } from './cli-document.ts';
import { configurationTable } from './configuration-table.ts';
import { openApiDocument } from './openapi-document.ts';
import { stateDiagram } from './state-diagram.ts';

/** The parts of documents that are generated: from `<!-- NAME -->` to `<!-- /NAME -->`. */
const parts: Readonly<Record<string, readonly [name: string, content: () => string]>> = {
  'docs/configuration.md': ['settings', configurationTable],
  'docs/concepts.md': ['states', stateDiagram],
};

/** The documents that are generated as a whole. */
const wholes: Readonly<Record<string, () => string>> = {
  'docs/cli.md': cliDocument,
  'docs/openapi.json': openApiDocument,
};

/** All generated documents by their paths, with the content that they should have. */
export async function generatedDocuments(): Promise<Map<string, string>> {
  const documents = new Map(Object.entries(wholes).map(([path, content]) => [path, content()]));
  for (const [path, [name, content]] of Object.entries(parts)) {
    const text = await readFile(join(root, path), 'utf8');
    const between = new RegExp(`(<!-- ${name} -->\n).*?(\n<!-- /${name} -->)`, 's');
    if (!between.test(text)) throw new Error(`${path} has no <!-- ${name} -->`);
    documents.set(
      path,
      text.replace(between, (_, begin, end) => begin + content() + end),
    );
  }
  return documents;
}
