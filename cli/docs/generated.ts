import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../infra/folders.ts';
import { cliDocument } from './cli-document.ts';
import { configurationTable } from './configuration-table.ts';
import { metricsTable } from './metrics-table.ts';
import { openApiDocument } from './openapi-document.ts';
import { propsTables } from './props-tables.ts';
import { stateDiagram } from './state-diagram.ts';

/** Generated sections of documents, from `<!-- NAME -->` to `<!-- /NAME -->`. */
const sections: Readonly<Record<string, readonly [name: string, content: () => string]>> = {
  'docs/configuration.md': ['settings', configurationTable],
  'docs/construct.md': ['props', propsTables],
  'docs/concepts.md': ['states', stateDiagram],
  'docs/operations/monitoring.md': ['metrics', metricsTable],
};

/** Documents that are generated completely. */
const files: Readonly<Record<string, () => string>> = {
  'docs/cli.md': cliDocument,
  'docs/openapi.json': openApiDocument,
};

/** The content that each generated document should have, by its path. */
export async function generatedDocuments(): Promise<Map<string, string>> {
  const documents = new Map(Object.entries(files).map(([path, content]) => [path, content()]));
  for (const [path, [name, content]] of Object.entries(sections)) {
    const text = await readFile(join(root, path), 'utf8');
    const between = new RegExp(`(<!-- ${name} -->\n).*?(\n<!-- /${name} -->)`, 's');
    if (!between.test(text)) throw new Error(`${path} has no <!-- ${name} -->. To fix this, add the pair of comments.`);
    documents.set(
      path,
      text.replace(between, (_, begin, end) => begin + content() + end),
    );
  }
  return documents;
}
