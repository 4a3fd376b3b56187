import assert from 'node:assert/strict';
import { globSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Activity } from '../../cli/local/activity.ts';
import { SampleAgent } from '../../cli/local/sample-agent.ts';
import { startLocalServer } from '../../cli/local/server.ts';
import { set } from '../../functions/operations/set-url.ts';
import { showSecret } from '../../functions/operations/signing-secrets.ts';
import { adminWorld } from '../support/admin-world.ts';
import { startChromiumIn } from './chromium.ts';
import { button, openDetails } from './locators.ts';

test('the files of the browser contain the page, but no secret and no URL after a session', async () => {
  const world = adminWorld();
  const url = 'https://ada:MARKER-pw@example.com/hook?token=MARKER-token';
  await set(world.deps, 'task.edit', url);
  const { secret } = await showSecret(world.deps, 'task.edit');
  const activity = new Activity();
  const server = await startLocalServer(world.deps, new SampleAgent({ do: async () => {} }, activity), activity, 0);
  const profile = await mkdtemp(join(tmpdir(), 'crm-triggers-profile-'));
  try {
    const context = await startChromiumIn(profile);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(server.origin);
    await openDetails(page, 'task.edit');
    await button(page, 'task.edit', 'Settings').click();
    await page.getByRole('dialog').waitFor();
    const response = await page.evaluate(`fetch('/api/triggers/task.edit/secret').then((r) => r.text())`);
    assert.ok(String(response).includes(secret));
    for (const view of ['#failed', '#log', '#history']) await page.goto(server.origin + view);
    await context.close();
    const files = globSync('**/*', { cwd: profile })
      .map((name) => join(profile, name))
      .filter((file) => statSync(file).isFile());
    const holding = (text: string) => files.filter((file) => readFileSync(file).includes(text));
    assert.ok(holding('Content-Security-Policy'.toLowerCase()).length > 0, 'the cache is used');
    assert.deepEqual(holding(secret), []);
    assert.deepEqual(holding('MARKER'), []);
  } finally {
    await server.stop();
    await rm(profile, { recursive: true, force: true });
  }
});
