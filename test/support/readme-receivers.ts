import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { start } from '../../cli/local/process.ts';
import { until } from './emulator.ts';

const run = promisify(execFile);

/** The languages of the documented receivers: how each is made ready and run. */
const languages = {
  js: { file: 'receiver.mjs', tool: process.execPath, args: (file: string) => [file] },
  python: { file: 'receiver.py', tool: 'python3', args: (file: string) => [file] },
  go: { file: 'receiver.go', tool: 'go', args: (file: string) => ['run', file] },
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

/** Runs the receiver that docs/receivers.md shows, as it stands there, until it is disposed of. */
export async function readmeReceiver(language: Language, secret: string) {
  const readme = await readFile(new URL('../../docs/receivers.md', import.meta.url), 'utf8');
  const code = readme.match(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms'))?.[1] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-receiver-'));
  const { file, tool, args } = languages[language];
  await writeFile(join(folder, file), code);
  const port = await freePort();
  const env = { ...process.env, SECRET: secret, PORT: String(port), GOCACHE: join(folder, 'cache') };
  const process_ = await start(tool, args(join(folder, file)), { env, cwd: folder });
  await until(`the documented receiver in ${language} listens`, () => listens(port), 120_000).catch((error) => {
    throw new Error(`${error.message}: ${process_.tail()}`);
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await process_.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
  });
}
