import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Activity } from '../../cli/local/activity.ts';
import { SampleAgent } from '../../cli/local/sample-agent.ts';
import { startLocalServer } from '../../cli/local/server.ts';
import { adminWorld } from '../support/admin-world.ts';

/** The page as `npm start` serves it, over parts in memory, and browsers that look at it. */
export async function servedPage(browser: Browser, overrides: Record<string, unknown> = {}) {
  const world = adminWorld(overrides);
  const activity = new Activity();
  const agent = new SampleAgent({ do: async () => {} }, activity);
  const server = await startLocalServer(world.deps, agent, activity, 0);
  /** What the browser itself complained about, such as a broken content security policy. */
  const complaints: string[] = [];
  const open = async (view = '', options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // A rejection by the API is no complaint, though the browser tells of its status.
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
    });
    await page.goto(`${server.origin}/${view}`);
    return page;
  };
  return {
    ...world,
    origin: server.origin,
    activity,
    complaints,
    open,
    async [Symbol.asyncDispose]() {
      for (const context of browser.contexts()) await context.close();
      await server.stop();
    },
  };
}
