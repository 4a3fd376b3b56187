import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../cli/local/free-port.ts';
import { run as runToItsEnd, start } from '../../cli/local/process.ts';
import { folder as localFolder, root } from '../../infra/folders.ts';
import { until } from './emulator.ts';
import { fingerprint, kept } from './kept.ts';
import { listens } from './listens.ts';
import { endWithUs, interrupted } from './processes.ts';

const run = promisify(execFile);

/** The languages of the documented receivers, with the commands that prepare and run each. */
const languages = {
  js: { file: 'receiver.mjs', tool: process.execPath, args: (file: string) => [file] },
  python: { file: 'receiver.py', tool: 'python3', args: (file: string) => [file] },
  go: { file: 'receiver.go', tool: 'go', args: () => [] },
  // The flags save half of the CPU time of a start.
  java: {
    file: 'Receiver.java',
    tool: 'java',
    args: (file: string) => ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', file],
  },
  csharp: { file: 'Receiver.cs', tool: 'run-csharp', args: (file: string) => [file] },
  php: { file: 'receiver.php', tool: 'php', args: (file: string, port: string) => ['-S', `127.0.0.1:${port}`, file] },
} as const;

export type Language = keyof typeof languages;

/** Whether the language's tool is on this machine. */
export async function isHere(language: Language): Promise<boolean> {
  const version = language === 'go' ? 'version' : '--version';
  return run(languages[language].tool, [version]).then(
    () => true,
    () => false,
  );
}

/** The first build compiles Go's standard library. */
const BUILT_WITHIN_MS = 200_000;

/** Runs the sample of docs/receivers.md in a language, unchanged, until it is disposed of. */
export async function readmeReceiver(language: Language, secret: string) {
  const port = await freePort();
  const sample = await startSample(language, { SECRET: secret, PORT: String(port) });
  try {
    await until(`the documented receiver in ${language} listens`, () => listens(port), 120_000);
  } catch (error) {
    await sample[Symbol.asyncDispose]();
    throw new Error(`${(error as Error).message}: ${sample.process.tail()}`);
  }
  return { ...sample, origin: `http://127.0.0.1:${port}` };
}

/** Starts a sample with these variables added to the environment. It finds the npm packages of the tests. */
export async function startSample(language: Language, variables: { readonly PORT: string; readonly SECRET?: string }) {
  const document = await readFile(new URL('../../docs/receivers.md', import.meta.url), 'utf8');
  const code = document.match(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms'))?.[1] ?? '';
  const { file, tool, args } = languages[language];
  const program = language === 'go' ? await builtByGo(file, code) : tool;
  await mkdir(localFolder, { recursive: true });
  const folder = await mkdtemp(join(localFolder, 'receiver-'));
  await writeFile(join(folder, file), code);
  await symlink(join(root, 'test', 'node_modules'), join(folder, 'node_modules'), 'junction');
  const { SECRET: _, ...inherited } = process.env;
  // Python does not print to a pipe at once by default.
  const env = { ...inherited, ...variables, PYTHONUNBUFFERED: '1' };
  const started = await start(program, args(join(folder, file), variables.PORT), { env, cwd: folder });
  const stop = endWithUs(started.stop);
  return {
    process: started,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The program of a Go sample. It is built once, in Go's own cache: `go run` would compile and link it for each test. */
async function builtByGo(file: string, code: string): Promise<string> {
  const built = await kept('built-by-go', await fingerprint([code], []), async (into) => {
    await mkdir(into);
    await writeFile(join(into, file), code);
    const limit = AbortSignal.any([interrupted, AbortSignal.timeout(BUILT_WITHIN_MS)]);
    await runToItsEnd('go', ['build', '-o', 'receiver', file], { cwd: into }, limit);
  });
  return join(built, 'receiver');
}
