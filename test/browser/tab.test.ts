import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Trigger } from '../../functions/core/entity.ts';
import { set } from '../../functions/operations/set-url.ts';
import { until } from '../support/emulator.ts';
import { startChromium } from './chromium.ts';
import { button, field, populated, row } from './looks.ts';
import { servedPage } from './served-page.ts';

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

async function save(page: Page, trigger: Trigger, url: string) {
  await field(page, trigger).fill(url);
  await field(page, trigger).press('Enter');
  await row(page, trigger)
    .getByText(/^Saved|^Cleared/)
    .waitFor();
}

describe('the tab', () => {
  test('has the areas of the manual, each with a text entry for its actions, and none for editing a followup', async () => {
    await using served = await servedPage(browser);
    const page = await served.open();
    await field(page, 'customer.create').waitFor();
    assert.deepEqual(await page.locator('.area:not(.agent) h2').allTextContents(), [
      'Customer',
      'Case',
      'Followup',
      'Task',
    ]);
    assert.equal(await page.locator('.row input').count(), 11);
    assert.equal(await page.getByLabel('Edit followup: URL').count(), 0);
    assert.match(await row(page, 'case.create').locator('.sent').innerText(), /\?AccountID=aaa&CaseID=ccc$/);
    assert.deepEqual(served.complaints, []);
  });

  test('shows what will be called while a URL is set, and keeps it with Enter', async () => {
    await using served = await servedPage(browser);
    const page = await served.open();
    await field(page, 'task.edit').pressSequentially('https://example.com/hook?k=v');
    const sent = row(page, 'task.edit').locator('.sent code');
    assert.equal(await sent.innerText(), 'https://example.com/hook?k=v&AccountID=aaa&TaskID=ttt');
    assert.equal(served.triggersTable.writes, 0);
    await field(page, 'task.edit').press('Enter');
    await row(page, 'task.edit').getByText('Saved.').waitFor();
    assert.equal(served.triggersTable.items.get('task.edit')?.url, 'https://example.com/hook?k=v');
    await row(page, 'task.edit').getByText('Working').waitFor();
    await save(page, 'task.edit', 'https://EXAMPLE.com');
    assert.match(
      await row(page, 'task.edit').locator('.note').first().innerText(),
      /written as https:\/\/example\.com\/\.$/,
    );
    await save(page, 'task.edit', '');
    await row(page, 'task.edit').getByText('No URL', { exact: true }).waitFor();
    assert.equal(served.triggersTable.items.get('task.edit')?.url, undefined);
  });

  test('tells of a wrong URL beside the field, in the words of the rules, and keeps nothing', async () => {
    await using served = await servedPage(browser, {
      lookUp: async () => [{ address: '10.0.0.1', family: 4 }],
    });
    const page = await served.open();
    await field(page, 'task.edit').fill('https://10.0.0.1/x');
    const words = 'The URL for task.edit leads to an address that is not public';
    await row(page, 'task.edit').getByText(words).waitFor();
    assert.equal(await field(page, 'task.edit').getAttribute('aria-invalid'), 'true');
    await field(page, 'task.edit').press('Enter');
    // Only the API can know this one, which looks the name up.
    await field(page, 'task.edit').fill('https://inside.example/');
    await button(page, 'task.edit', 'Save').click();
    await row(page, 'task.edit').getByText(words).waitFor();
    assert.equal(served.triggersTable.writes, 0);
  });

  test('does not write what is merely left, and gives it up with Escape', async () => {
    await using served = await servedPage(browser);
    const page = await served.open();
    await field(page, 'task.edit').fill('https://example.com/half');
    await field(page, 'task.create').focus();
    assert.equal(await field(page, 'task.edit').inputValue(), 'https://example.com/half');
    await field(page, 'task.edit').press('Escape');
    assert.equal(await field(page, 'task.edit').inputValue(), '');
    assert.equal(served.triggersTable.writes, 0);
  });

  test('tells the second of two who type, shows what it is now, and lets them choose', async () => {
    await using served = await servedPage(browser);
    const [one, two, three] = [await served.open(), await served.open(), await served.open()];
    for (const page of [two, three]) await field(page, 'case.edit').fill('https://example.com/mine');
    await save(one, 'case.edit', 'https://example.com/theirs');
    // At once, before the page has looked again by itself.
    await field(two, 'case.edit').press('Enter');
    const reported = row(two, 'case.edit').getByRole('alert');
    await reported.getByText('https://example.com/theirs').waitFor();
    assert.equal(await field(two, 'case.edit').inputValue(), 'https://example.com/mine');
    assert.equal(served.triggersTable.items.get('case.edit')?.url, 'https://example.com/theirs');
    // And within seconds without doing anything.
    await row(three, 'case.edit').getByRole('button', { name: 'Take theirs' }).click();
    assert.equal(await field(three, 'case.edit').inputValue(), 'https://example.com/theirs');
    await reported.getByRole('button', { name: 'Save mine over it' }).click();
    await row(two, 'case.edit').getByText('Saved.').waitFor();
    assert.equal(served.triggersTable.items.get('case.edit')?.url, 'https://example.com/mine');
    await until('the first sees it too', async () => (await field(one, 'case.edit').inputValue()).endsWith('/mine'));
  });

  test('keeps what is half entered while another view is looked at', async () => {
    await using served = await servedPage(browser);
    const page = await served.open();
    await field(page, 'task.edit').fill('https://example.com/half');
    await page.getByRole('link', { name: 'Log', exact: true }).click();
    await page.getByText('No attempt fits.').waitFor();
    await page.getByRole('link', { name: 'Triggers' }).click();
    assert.equal(await field(page, 'task.edit').inputValue(), 'https://example.com/half');
    assert.equal(served.triggersTable.writes, 0);
  });

  test('pauses and resumes, and says so in words', async () => {
    await using served = await servedPage(browser);
    await set(served.deps, 'case.edit', 'https://example.com/');
    const page = await served.open();
    await button(page, 'case.edit', 'Pause').click();
    await row(page, 'case.edit').getByText('Paused').waitFor();
    assert.equal(served.triggersTable.items.get('case.edit')?.state, 'paused');
    await button(page, 'case.edit', 'Resume').click();
    await row(page, 'case.edit').getByText('Draining').waitFor();
  });

  test('says what becomes of pending notifications before a URL is cleared and after it, and resumes none without', async () => {
    await using served = await servedPage(browser);
    await populated(served);
    const page = await served.open();
    await field(page, 'case.create').fill('');
    const moved =
      'No calls are made. 12 pending notifications move to Failed; to send them, set a URL and redeliver them.';
    await row(page, 'case.create').getByText(`If you clear it: ${moved}`).waitFor();
    await button(page, 'case.create', 'Clear').click();
    await row(page, 'case.create').getByText(`Cleared. ${moved}`).waitFor();
    await field(page, 'followup.create').fill('');
    await button(page, 'followup.create', 'Clear').click();
    await row(page, 'followup.create').getByText('Cleared. No calls are made.').waitFor();
    assert.equal(await button(page, 'followup.create', 'Resume').isDisabled(), true);
  });

  test('says how each trigger does: failing, parked with how many wait and why, paused, off', async () => {
    await using served = await servedPage(browser);
    await populated(served);
    const page = await served.open();
    const state = (trigger: Trigger) => row(page, trigger).locator('.state').innerText();
    await field(page, 'customer.create').waitFor();
    assert.equal(await state('customer.create'), 'Working');
    assert.match(await state('customer.edit'), /^Failing since .*, 3 in a row$/);
    assert.equal(await state('case.create'), 'Parked 12 pending, HTTP 503');
    assert.match(await state('followup.create'), /^Paused/);
    assert.match(await state('task.delete'), /^Off/);
  });

  test('shows the response last, the last 24 hours in small, and leads to the log', async () => {
    await using served = await servedPage(browser);
    await populated(served);
    const page = await served.open();
    const responded = row(page, 'task.edit');
    await responded.getByText(/HTTP 404, /).waitFor();
    await responded.getByRole('img', { name: 'Last 24 hours: 0 delivered, 3 not' }).waitFor();
    await row(page, 'task.create').getByText('No call in the last 24 hours').waitFor();
    assert.equal(await row(page, 'task.create').getByRole('img').count(), 0);
    await responded.getByRole('link', { name: 'Log of task.edit' }).click();
    assert.equal(await page.getByLabel('Trigger').inputValue(), 'task.edit');
  });

  test('shows secrets only when asked, and a header by its name alone', async () => {
    await using served = await servedPage(browser);
    await set(served.deps, 'case.edit', 'https://example.com/');
    const page = await served.open();
    await button(page, 'case.edit', 'More').click();
    const dialog = page.getByRole('dialog', { name: 'case.edit' });
    assert.doesNotMatch(await dialog.innerText(), /whsec_/);
    await dialog.getByRole('button', { name: 'Show' }).click();
    await dialog.getByText(/^whsec_/).waitFor();
    await dialog.getByLabel('Name').fill('X-Token');
    await dialog.getByLabel('Value').fill('MARKER');
    await dialog.getByRole('button', { name: 'Send it' }).click();
    await dialog.getByRole('code').getByText('x-token').waitFor();
    assert.doesNotMatch(await page.content(), /MARKER/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });
});
