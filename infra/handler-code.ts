import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { bundling, entryOf } from './bundling.ts';
import { esbuild } from './esbuild.ts';
import { isPackage, root } from './folders.ts';
import { buildPage } from './page.ts';

/** The folders under functions/ whose index.ts exports `handler`. */
export const handlerFolders = ['capture', 'deliver', 'drain', 'console'] as const;

export type HandlerFolder = (typeof handlerFolders)[number];

/** The code of a function: prebuilt in the npm package; bundled at synthesis in the repository. */
export function handlerCode(folder: HandlerFolder): Code {
  if (isPackage) return Code.fromAsset(join(root, 'dist', 'handlers', folder));
  return Code.fromAsset(root, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used, because the local bundling always succeeds.
      image: DockerImage.fromRegistry('none'),
      // The CDK bundles once for all functions with the same options. The folder makes them different.
      command: [folder],
      local: {
        tryBundle(into) {
          writeHandler(folder, into);
          return true;
        },
      },
    },
  });
}

/** Writes the bundle of a function into a folder: `index.mjs`, and the page of the console. */
export function writeHandler(folder: HandlerFolder, into: string): void {
  esbuild().buildSync({
    ...bundling,
    absWorkingDir: root,
    entryPoints: [entryOf(folder)],
    outfile: join(into, 'index.mjs'),
  });
  if (folder !== 'console') return;
  mkdirSync(join(into, 'page'), { recursive: true });
  copyFileSync(join(root, 'docs', 'openapi.json'), join(into, 'page', 'openapi.json'));
  for (const [name, content] of Object.entries(buildPage({ localRun: false })))
    writeFileSync(join(into, 'page', name), content);
}
