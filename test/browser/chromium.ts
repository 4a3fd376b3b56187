import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import bundled, { inflate } from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from 'playwright-core';

// The package's default arguments turn off the isolation of websites, which is tested here.
const options: LaunchOptions = { args: ['--no-sandbox', '--no-zygote', '--disable-gpu'] };

/** System libraries that the browser needs, for machines without them. */
const libraries = fileURLToPath(new URL('../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium')));

/**
 * Starts a real Chromium: on Linux (x64) from an npm package, elsewhere the installed Chrome. The environment variable
 * CHROMIUM names another one.
 */
export async function startChromium(): Promise<Browser> {
  const { started, clean } = await launched((launch) => chromium.launch(launch));
  started.once('disconnected', clean);
  return started;
}

/** Starts a Chromium that keeps its data, such as its cache, in a folder. */
export async function startChromiumIn(profile: string): Promise<BrowserContext> {
  const { started, clean } = await launched((launch) => chromium.launchPersistentContext(profile, launch));
  started.once('close', clean);
  return started;
}

/** Calls `launch` with the options of this machine. */
async function launched<Started>(launch: (options: LaunchOptions) => Promise<Started>) {
  const { CHROMIUM } = process.env;
  if (CHROMIUM) return { started: await launch({ ...options, executablePath: CHROMIUM }), clean: () => {} };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { started: await launch({ ...options, channel: 'chrome' }), clean: () => {} };
  // A separate folder per test file: another file could still be unpacking into a shared one.
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-chromium-'));
  const executablePath = await unpackedIn(folder, () => bundled.executablePath());
  const started = await launch({ ...options, executablePath }).catch(async (error) => {
    if (!/shared libraries/.test(error.message)) throw error;
    const unpacked = await unpackedIn(folder, () => inflate(libraries));
    const env = { ...process.env, LD_LIBRARY_PATH: join(unpacked, 'lib') };
    return launch({ ...options, executablePath, env });
  });
  return { started, clean: () => void rm(folder, { recursive: true, force: true }) };
}

/** Unpacks into a folder. The package always unpacks into the folder for temporary files. */
async function unpackedIn<Path>(folder: string, unpack: () => Promise<Path>): Promise<Path> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    return await unpack();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}
