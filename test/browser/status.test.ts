import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Trigger } from '../../functions/core/entity.ts';
import { set } from '../../functions/operations/set-url.ts';
import { setHeader } from '../../functions/operations/signing-secrets.ts';
import { startChromium } from './chromium.ts';
import { button, field, openDetails, row, save } from './locators.ts';
import { addSampleData } from './sample-data.ts';
import { servedPage } from './served-page.ts';

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

describe('the status on the page', () => {
  test('pauses and resumes a trigger, and shows its state', async () => {
    await using served = await servedPage(browser);
    await set(served.deps, 'case.edit', 'https://example.com/');
    const page = await served.open();
    await openDetails(page, 'case.edit');
    await button(page, 'case.edit', 'Pause').click();
    await row(page, 'case.edit').getByText('Paused', { exact: true }).waitFor();
    assert.equal(served.triggersTable.items.get('case.edit')?.state, 'paused');
    await button(page, 'case.edit', 'Resume').click();
    await row(page, 'case.edit').getByText('Draining', { exact: true }).waitFor();
  });

  test('shows how many pending notifications move to Failed, before and after a URL is cleared', async () => {
    await using served = await servedPage(browser);
    await addSampleData(served);
    const page = await served.open();
    await field(page, 'case.create').fill('');
    const moved =
      'No calls are made. 12 pending notifications move to Failed; to send them, set a URL and redeliver them.';
    await row(page, 'case.create').getByText(`If you clear it: ${moved}`).waitFor();
    await button(page, 'case.create', 'Clear').click();
    const dialog = page.getByRole('dialog', { name: 'Clear the URL of case.create?' });
    await dialog.getByText(moved).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.ok(served.triggersTable.items.get('case.create')?.url, 'nothing is cleared without the confirmation');
    await button(page, 'case.create', 'Clear').click();
    await dialog.getByRole('button', { name: 'Clear' }).click();
    await row(page, 'case.create').getByText(`Cleared. ${moved}`).waitFor();
    await save(page, 'followup.create', '');
    await row(page, 'followup.create').getByText('Cleared. No calls are made.').waitFor();
    await openDetails(page, 'followup.create');
    assert.equal(await button(page, 'followup.create', 'Resume').isDisabled(), true);
  });

  test('shows the status of each trigger: failing, parked until when, paused, not called yet, no URL', async () => {
    await using served = await servedPage(browser);
    await addSampleData(served);
    const page = await served.open();
    const state = (trigger: Trigger) => row(page, trigger).locator('.state').innerText();
    await field(page, 'customer.create').waitFor();
    await row(page, 'customer.create').getByText('Not called yet').waitFor();
    assert.equal((await state('task.edit')).trim(), 'Failing latest call: HTTP 404');
    assert.match(await state('customer.edit'), /^Failing 3 in a row, since /);
    assert.match(await state('case.create'), /^Parked next try in \d+[ms], 12 pending$/);
    await openDetails(page, 'case.create');
    await row(page, 'case.create')
      .getByText(/kept until .*; HTTP 503; 12 pending/)
      .waitFor();
    assert.equal(await state('followup.create'), 'Paused by an admin');
    assert.equal((await state('task.delete')).trim(), 'No URL');
  });

  test('shows the last response and a chart of the last 24 hours, and links to the log', async () => {
    await using served = await servedPage(browser);
    await addSampleData(served);
    const page = await served.open();
    const failing = row(page, 'task.edit');
    await failing.locator('.latest').getByText('HTTP 404').waitFor();
    assert.match(await failing.locator('.rate').innerText(), /^0 % of 3/);
    await openDetails(page, 'task.edit');
    await failing.getByRole('img', { name: 'Last 24 hours: 0 delivered, 3 not delivered' }).waitFor();
    await row(page, 'task.create').getByText('no calls in 24 h').waitFor();
    await openDetails(page, 'task.create');
    assert.equal(await row(page, 'task.create').getByRole('img').count(), 0);
    await failing.getByRole('link', { name: 'Log of task.edit' }).click();
    assert.equal(await page.getByLabel('Trigger').inputValue(), 'task.edit');
  });

  test('shows or copies a secret only when asked, and of a custom header only the name', async () => {
    await using served = await servedPage(browser);
    await set(served.deps, 'case.edit', 'https://example.com/');
    const page = await served.open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openDetails(page, 'case.edit');
    await button(page, 'case.edit', 'Settings').click();
    const dialog = page.getByRole('dialog', { name: 'case.edit' });
    assert.doesNotMatch(await dialog.innerText(), /whsec_[\w+/]/);
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await dialog.getByText('Copied').waitFor();
    assert.match((await page.evaluate('navigator.clipboard.readText()')) as string, /^whsec_[\w+/]/);
    assert.doesNotMatch(await dialog.innerText(), /whsec_[\w+/]/, 'a copied secret is not shown');
    await dialog.getByRole('button', { name: 'Reveal' }).click();
    await dialog.getByText(/^whsec_[\w+/]/).waitFor();
    await dialog.getByRole('button', { name: 'Hide' }).click();
    await dialog.getByText('whsec_•').waitFor();
    assert.equal(served.history.entries.filter(({ what }) => what === 'secret-read').length, 2);
    await dialog.getByLabel('Name').fill('X-Token');
    await dialog.getByLabel('Value').fill('MARKER');
    await dialog.getByRole('button', { name: 'Set header' }).click();
    await dialog.getByRole('code').getByText('x-token').waitFor();
    assert.doesNotMatch(await page.content(), /MARKER/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  test('asks with the consequence before a secret is replaced and before a header is removed', async () => {
    await using served = await servedPage(browser);
    await set(served.deps, 'case.edit', 'https://example.com/');
    await setHeader(served.deps, 'case.edit', 'x-token', 'v');
    const stored = () => served.secrets.items.get('case.edit');
    const before = stored();
    const page = await served.open();
    await openDetails(page, 'case.edit');
    await button(page, 'case.edit', 'Settings').click();
    const dialog = page.getByRole('dialog', { name: 'case.edit', exact: true });
    const confirm = page.getByRole('dialog', { name: /^(Replace|Remove|Expire) / });
    await dialog.getByRole('button', { name: 'Replace' }).click();
    await confirm.getByText('a receiver that knows only the old secret rejects each call').waitFor();
    await confirm.getByRole('button', { name: 'Cancel' }).click();
    await dialog.getByRole('button', { name: 'Remove x-token' }).click();
    await confirm.getByText('A receiver that requires the header rejects each call.').waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(stored(), before, 'nothing changes without a confirmation');
    await dialog.getByRole('button', { name: 'Replace' }).click();
    await confirm.getByRole('button', { name: 'Replace' }).click();
    await dialog.getByText('The new secret signs.').waitFor();
    assert.notEqual(stored()?.secret, before?.secret);
    await dialog.getByRole('button', { name: 'Expire the old one now' }).click();
    await confirm.getByText('A receiver that knows only an old secret rejects each call from now on.').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(stored()?.replaced.length, 1, 'nothing changes without a confirmation');
    await dialog.getByRole('button', { name: 'Expire the old one now' }).click();
    await confirm.getByRole('button', { name: 'Expire the old one now' }).click();
    await dialog.getByText('Only the current secret signs.').waitFor();
    assert.deepEqual(stored()?.replaced, []);
    assert.equal(await dialog.getByRole('button', { name: 'Expire the old one now' }).count(), 0);
    await dialog.getByRole('button', { name: 'Remove x-token' }).click();
    await confirm.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByText('x-token is no longer sent.').waitFor();
    assert.deepEqual(stored()?.headers, {});
  });
});
