import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import bundled, { inflate } from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from 'playwright-core';
import { fingerprint, kept } from '../support/kept.ts';

// The package's default arguments turn off the isolation of websites, which is tested here.
// They also turn off the zygote. With it, the browser forks its processes: each takes less CPU time to start.
const options: LaunchOptions = { args: ['--no-sandbox', '--disable-gpu'] };

/** System libraries that the browser needs, for machines without them. */
const libraries = fileURLToPath(new URL('../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium')));

/**
 * Starts a real Chromium: on Linux (x64) from an npm package, elsewhere the installed Chrome. The environment variable
 * CHROMIUM names another one.
 */
export function startChromium(): Promise<Browser> {
  return launched((launch) => chromium.launch(launch));
}

/** Starts a Chromium that keeps its data, such as its cache, in a folder. */
export function startChromiumIn(profile: string): Promise<BrowserContext> {
  return launched((launch) => chromium.launchPersistentContext(profile, launch));
}

/** Calls `launch` with the options of this machine. */
async function launched<Started>(launch: (options: LaunchOptions) => Promise<Started>): Promise<Started> {
  const { CHROMIUM } = process.env;
  if (CHROMIUM) return launch({ ...options, executablePath: CHROMIUM });
  if (process.platform !== 'linux' || process.arch !== 'x64') return launch({ ...options, channel: 'chrome' });
  const folder = await unpacked();
  const executablePath = join(folder, 'chromium');
  return launch({ ...options, executablePath }).catch((error) => {
    if (!/shared libraries/.test(error.message)) throw error;
    const env = { ...process.env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') };
    return launch({ ...options, executablePath, env });
  });
}

/** The folder with the unpacked browser. Unpacking takes three seconds of CPU time, so all test files share the result. */
async function unpacked(): Promise<string> {
  const manifest = await readFile(new URL('../package.json', import.meta.resolve('@sparticuz/chromium')), 'utf8');
  return kept('chromium', await fingerprint([JSON.parse(manifest).version], []), async (into) => {
    await mkdir(into);
    // The package always unpacks into the folder for temporary files.
    const { TMPDIR } = process.env;
    process.env.TMPDIR = into;
    try {
      await Promise.all([bundled.executablePath(), inflate(libraries)]);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
  });
}
