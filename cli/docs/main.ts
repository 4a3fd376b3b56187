import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../infra/folders.ts';
import { generatedDocuments } from './generated.ts';

// Writes the generated documents (`npm run docs`). test/documents.test.ts compares them with their sources.
for (const [path, content] of await generatedDocuments()) await writeFile(join(root, path), content);
