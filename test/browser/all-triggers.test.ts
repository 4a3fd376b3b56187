import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { VIEWERS } from '../../functions/console/sign-in.ts';
import { triggers } from '../../functions/core/entity.ts';
import { set } from '../../functions/operations/set-url.ts';
import { startChromium } from './chromium.ts';
import { field } from './locators.ts';
import { servedPage } from './served-page.ts';
import { signedInPage } from './signed-in-page.ts';

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

async function served(overrides: Record<string, unknown> = {}) {
  const made = await servedPage(browser, overrides);
  for (const trigger of triggers.slice(0, 3)) await set(made.deps, trigger, 'https://example.com/');
  const paused = () => triggers.filter((trigger) => made.triggersTable.items.get(trigger)?.state === 'paused');
  return { made, paused };
}

describe('all triggers', () => {
  test('are paused and resumed after a confirmation that names how many and the consequence', async () => {
    const { made, paused } = await served();
    await using _ = made;
    const page = await made.open();
    assert.equal(await page.getByRole('button', { name: 'Resume all' }).count(), 0, 'none is paused');
    await page.getByRole('button', { name: 'Pause all' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pause 3 triggers?' });
    await dialog.getByText('No calls are made. New notifications wait in the backlog for up to 72 hours.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual(paused(), []);
    await page.getByRole('button', { name: 'Pause all' }).click();
    await dialog.getByRole('button', { name: 'Pause all' }).click();
    await page.getByText('3 triggers are paused.').waitFor();
    assert.deepEqual(paused(), triggers.slice(0, 3));
    assert.equal(await page.getByRole('button', { name: 'Pause all' }).count(), 0, 'all are paused');
    await page.getByRole('button', { name: 'Resume all' }).click();
    const resuming = page.getByRole('dialog', { name: 'Resume 3 triggers?' });
    await resuming.getByText('also of triggers that an admin paused one by one').waitFor();
    await resuming.getByRole('button', { name: 'Resume all' }).click();
    await page.getByText('3 triggers are resumed.').waitFor();
    assert.deepEqual(paused(), []);
    assert.deepEqual(made.browserErrors, []);
  });

  test('shows how many were paused and why the next one was not', async () => {
    let calls = 0;
    const { made, paused } = await served();
    await using _ = made;
    const page = await made.open();
    await page.route('**/pause', (route) =>
      ++calls === 2
        ? route.fulfill({ status: 503, json: { error: 'AWS rejects: too many requests' } })
        : route.continue(),
    );
    await page.getByRole('button', { name: 'Pause all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause all' }).click();
    await page.getByText('1 of 3 triggers is paused. customer.edit: AWS rejects: too many requests').waitFor();
    assert.deepEqual(paused(), triggers.slice(0, 1));
  });

  test('are not offered to a viewer', async () => {
    await using viewer = await signedInPage(browser, [VIEWERS]);
    await set(viewer.deps, 'task.edit', 'https://example.com/');
    await viewer.page.goto(viewer.origin);
    await field(viewer.page, 'task.edit').waitFor();
    assert.equal(await viewer.page.getByRole('button', { name: /all$/ }).count(), 0);
  });
});
