import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { ADMINS, VIEWERS } from '../../functions/console/sign-in.ts';
import { set } from '../../functions/operations/set-url.ts';
import { setHeader } from '../../functions/operations/signing-secrets.ts';
import { startChromium } from './chromium.ts';
import { button, field, openDetails, row } from './locators.ts';
import { addFailed } from './sample-data.ts';
import { signedInPage } from './signed-in-page.ts';

const URL_WITH_SECRETS = 'https://ada:MARKER-pw@example.com/hook?token=MARKER-token';

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

async function opened(group: string) {
  const served = await signedInPage(browser, [group]);
  await set(served.deps, 'task.edit', URL_WITH_SECRETS);
  await setHeader(served.deps, 'task.edit', 'x-key', 'MARKER-header');
  await addFailed(served);
  await served.page.goto(served.origin);
  await field(served.page, 'task.edit').waitFor();
  return served;
}

describe('the page of a viewer', () => {
  test('shows and receives no secret and no credentials of URLs, in any view', async () => {
    await using served = await opened(VIEWERS);
    const { page } = served;
    assert.equal(await field(page, 'task.edit').inputValue(), 'https://ada:***@example.com/hook?token=***');
    for (const [view, heading] of [
      ['#failed', 'Failed'],
      ['#log', 'Log'],
      ['#history', 'History'],
      ['#operations', 'Operations'],
    ] as const) {
      await page.goto(`${served.origin}${view}`);
      await page.getByRole('heading', { name: heading }).first().waitFor();
      await page.waitForLoadState('networkidle');
      assert.doesNotMatch(await page.content(), /MARKER|whsec_/, view);
    }
    const received = await served.received();
    assert.match(received, /ada:\*\*\*@/, 'the API responded');
    assert.doesNotMatch(received, /MARKER|whsec_/);
  });

  test('offers no change', async () => {
    await using served = await opened(VIEWERS);
    const { page } = served;
    assert.equal(await field(page, 'task.edit').getAttribute('readonly'), '');
    await openDetails(page, 'task.edit');
    for (const name of ['Test', 'Pause', 'Settings'])
      assert.equal(await button(page, 'task.edit', name).isDisabled(), true, name);
    await page.goto(`${served.origin}#failed`);
    await page.getByText('HTTP 404').first().waitFor();
    assert.equal(await page.getByRole('button', { name: /Redeliver/ }).count(), 0);
    await page.goto(`${served.origin}#operations`);
    await page.getByText('Only admins can run the checks').waitFor();
    assert.equal(await page.locator('.panel').count(), 1, 'only the alarms');
  });

  test('cannot send a change with its token: the API rejects it with 403', async () => {
    await using served = await opened(VIEWERS);
    const sent = served.page.waitForRequest(/\/api\/triggers/);
    await served.page.reload();
    const { authorization = '' } = await (await sent).allHeaders();
    const status = (method: string, path: string) =>
      served.page.evaluate(
        async ([method, path, authorization]) =>
          (await fetch(`/api/triggers/task.edit/${path}`, { method, headers: { authorization, 'if-match': '"1"' } }))
            .status,
        [method, path, authorization] as const,
      );
    assert.equal(await status('POST', 'pause'), 403);
    assert.equal(await status('DELETE', 'url'), 403);
    assert.equal(await status('GET', 'secret'), 403);
    const { url, state } = served.triggersTable.items.get('task.edit') ?? {};
    assert.deepEqual([url, state], [URL_WITH_SECRETS, 'active']);
  });

  test('differs from that of an admin, who sees the whole URL and may change it', async () => {
    await using served = await opened(ADMINS);
    const { page } = served;
    assert.equal(await field(page, 'task.edit').inputValue(), URL_WITH_SECRETS);
    await openDetails(page, 'task.edit');
    await button(page, 'task.edit', 'Pause').click();
    await row(page, 'task.edit').getByText('Paused', { exact: true }).waitFor();
  });
});
