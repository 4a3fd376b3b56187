import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { CrmTriggersStack } from '../../infra/stack.ts';
import { configuration } from '../local/deploy.ts';

/** The part of a manifest of assets that lists the folders of the functions. */
interface Assets {
  readonly files: Readonly<Record<string, { readonly source: { path: string } }>>;
}

/**
 * Synthesizes the local stage for `crm-triggers demo`. Its functions are those of the package, so each is in the package once.
 *
 * @param handlers The folder of the built functions.
 * @param into A folder beside it.
 */
export async function writeAssembly(handlers: string, into: string): Promise<void> {
  const { context } = await configuration();
  const app = new App({
    outdir: into,
    context: { ...context, stage: 'local', 'aws:cdk:disable-metadata-collection': true },
    treeMetadata: false,
  });
  new CrmTriggersStack(app, 'CrmTriggers');
  app.synth();
  leaveOutStackTraces(join(into, 'CrmTriggers.metadata.json'));
  const code = (folder: string) => readFileSync(join(folder, 'index.mjs'), 'utf8');
  const built = new Map(readdirSync(handlers).map((name) => [code(join(handlers, name)), name]));
  const manifest = join(into, 'CrmTriggers.assets.json');
  const assets: Assets = JSON.parse(readFileSync(manifest, 'utf8'));
  for (const { source } of Object.values(assets.files)) {
    if (!source.path.startsWith('asset.')) continue;
    const bundle = join(into, source.path);
    const name = built.get(code(bundle));
    if (!name)
      throw new Error(
        `${bundle} is none of the functions in ${handlers}. To fix this, build them from the same sources.`,
      );
    rmSync(bundle, { recursive: true });
    source.path = `../handlers/${name}`;
  }
  writeFileSync(manifest, JSON.stringify(assets));
}

/** They contain paths of the machine that builds the package. */
function leaveOutStackTraces(file: string): void {
  const metadata: Record<string, { readonly type: string }[]> = JSON.parse(readFileSync(file, 'utf8'));
  const others = Object.entries(metadata).map(([path, entries]) => [
    path,
    entries.filter(({ type }) => type !== 'aws:cdk:creationStack'),
  ]);
  writeFileSync(file, JSON.stringify(Object.fromEntries(others)));
}
