import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bundled from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/**
 * A real Chromium out of an npm package, so that no browser has to be installed. CHROMIUM names another one, where that
 * one does not run. It unpacks into a folder of its own: two test files at once must not run each other's half.
 */
export async function startChromium(): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-chromium-'));
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  const executablePath = process.env.CHROMIUM ?? (await bundled.executablePath());
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  // Not the package's own arguments: those turn off what keeps websites apart, which is to be tested here.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--no-zygote', '--disable-gpu'] });
  const close = browser.close.bind(browser);
  browser.close = async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  };
  return browser;
}
