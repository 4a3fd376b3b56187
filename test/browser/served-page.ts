import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Activity } from '../../cli/local/activity.ts';
import { SampleAgent } from '../../cli/local/sample-agent.ts';
import { startLocalServer } from '../../cli/local/server.ts';
import { adminWorld } from '../support/admin-world.ts';

/** The page as `npm start` serves it, over stores in memory, and a function that opens it in a browser. */
export async function servedPage(browser: Browser, overrides: Record<string, unknown> = {}) {
  const world = adminWorld(overrides);
  const activity = new Activity();
  const agent = new SampleAgent({ do: async () => {} }, activity);
  const server = await startLocalServer(world.deps, agent, activity, 0);
  /** Errors of the browser, such as a violation of the content security policy. */
  const browserErrors: string[] = [];
  const open = async (view = '', options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => browserErrors.push(String(error)));
    page.on('console', (message) => {
      // The browser also reports responses with a status of 4xx; tests cause these on purpose.
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) browserErrors.push(message.text());
    });
    await page.goto(`${server.origin}/${view}`);
    return page;
  };
  return {
    ...world,
    origin: server.origin,
    activity,
    browserErrors,
    open,
    async [Symbol.asyncDispose]() {
      for (const context of browser.contexts()) await context.close();
      await server.stop();
    },
  };
}
