import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../cli/local/process.ts';
import { build } from '../../cli/package/build.ts';
import { root } from '../../infra/folders.ts';
import { fingerprint, kept } from './kept.ts';
import { interrupted } from './processes.ts';

/** The files and folders that determine the package. */
const sources = ['cli', 'docs', 'functions', 'infra', 'cdk.json', 'package.json', 'package-lock.json', 'tsconfig.json'];

const TARBALL = 'crm-triggers.tgz';

/** The tarball of the npm package, as `npm pack` makes it. It is made in a folder of its own, so that `dist` is not touched. */
export async function packed(): Promise<string> {
  const key = await fingerprint([], [...sources, 'tsconfig.package.json', 'README.md', 'CHANGELOG.md']);
  return join(await kept('packed', key, pack), TARBALL);
}

async function pack(into: string): Promise<void> {
  const folder = join(into, 'package');
  await mkdir(folder, { recursive: true });
  const { files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  for (const name of ['package.json', 'README.md', 'LICENSE', ...files])
    if (name !== 'dist') await cp(join(root, name), join(folder, name), { recursive: true });
  await build(folder);
  await run('npm', ['pack', '--ignore-scripts', './package'], { cwd: into }, interrupted);
  const [tarball = ''] = (await readdir(into)).filter((name) => name.endsWith('.tgz'));
  await cp(join(into, tarball), join(into, TARBALL));
}

/** A new, empty project outside the repository. It is deleted when it is disposed. */
export async function emptyProject() {
  const cwd = await mkdtemp(join(tmpdir(), 'crm-triggers-project-'));
  return {
    cwd,
    /** Writes a file, with its folders. */
    async write(name: string, content: string) {
      await mkdir(join(cwd, name, '..'), { recursive: true });
      await writeFile(join(cwd, name), content);
    },
    /** Runs a program in a folder to its end. @returns The end of its output. @throws {Error} With its output, when it fails. */
    run: (program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env, folder = cwd) =>
      run(program, args, { cwd: folder, env }, interrupted),
    [Symbol.asyncDispose]: () => rm(cwd, { recursive: true, force: true }),
  };
}

/** The packages that are installed into an empty project beside the tarball, in the versions of this repository. */
export async function cdkPackages(...names: readonly string[]): Promise<string[]> {
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return names.map((name) => `${name}@${devDependencies[name]}`);
}
