import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { until } from '../support/emulator.ts';
import { startChromium } from './chromium.ts';
import { button, field, row, save } from './locators.ts';
import { servedPage } from './served-page.ts';

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

describe('the URLs of the page', () => {
  test('shows an area per entity with a text field per action, and no field for editing a followup', async () => {
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
    assert.deepEqual(served.browserErrors, []);
  });

  test('shows the call while a URL is entered, and saves the URL with Enter', async () => {
    await using served = await servedPage(browser);
    const page = await served.open();
    await field(page, 'task.edit').pressSequentially('https://example.com/hook?k=v');
    const sent = row(page, 'task.edit').locator('.sent code');
    assert.equal(await sent.innerText(), 'https://example.com/hook?k=v&AccountID=aaa&TaskID=ttt');
    assert.equal(served.triggersTable.writes, 0);
    await field(page, 'task.edit').press('Enter');
    await row(page, 'task.edit').getByText('Saved.').waitFor();
    assert.equal(served.triggersTable.items.get('task.edit')?.url, 'https://example.com/hook?k=v');
    await row(page, 'task.edit').getByText('Not called yet').waitFor();
    await save(page, 'task.edit', 'https://EXAMPLE.com');
    assert.match(
      await row(page, 'task.edit').locator('.note').first().innerText(),
      /^Saved as https:\/\/example\.com\/\.$/,
    );
    await save(page, 'task.edit', '');
    await row(page, 'task.edit').getByText('No URL', { exact: true }).waitFor();
    assert.equal(served.triggersTable.items.get('task.edit')?.url, undefined);
  });

  test('shows the error of a wrong URL beside the field, and saves nothing', async () => {
    await using served = await servedPage(browser, {
      lookUp: async () => [{ address: '10.0.0.1', family: 4 }],
    });
    const page = await served.open();
    await field(page, 'task.edit').fill('https://10.0.0.1/x');
    const error = 'The URL for task.edit leads to an address that is not public';
    await row(page, 'task.edit').getByText(error).waitFor();
    assert.equal(await field(page, 'task.edit').getAttribute('aria-invalid'), 'true');
    await field(page, 'task.edit').press('Enter');
    // Only the API rejects this URL, because it looks up the name.
    await field(page, 'task.edit').fill('https://inside.example/');
    await button(page, 'task.edit', 'Save').click();
    await row(page, 'task.edit').getByText(error).waitFor();
    assert.equal(served.triggersTable.writes, 0);
  });

  test('does not save a URL when the field loses the focus, and discards it with Escape', async () => {
    await using served = await servedPage(browser);
    const page = await served.open();
    await field(page, 'task.edit').fill('https://example.com/half');
    await field(page, 'task.create').focus();
    assert.equal(await field(page, 'task.edit').inputValue(), 'https://example.com/half');
    await field(page, 'task.edit').press('Escape');
    assert.equal(await field(page, 'task.edit').inputValue(), '');
    assert.equal(served.triggersTable.writes, 0);
  });

  test('shows a conflict when someone else changed the URL, and lets the admin choose', async () => {
    await using served = await servedPage(browser);
    const [first, second, third] = [await served.open(), await served.open(), await served.open()];
    for (const page of [second, third]) await field(page, 'case.edit').fill('https://example.com/mine');
    await save(first, 'case.edit', 'https://example.com/theirs');
    // The save is rejected before the page has reloaded the triggers.
    await field(second, 'case.edit').press('Enter');
    const conflict = row(second, 'case.edit').getByRole('alert');
    await conflict.getByText('https://example.com/theirs').waitFor();
    assert.equal(await field(second, 'case.edit').inputValue(), 'https://example.com/mine');
    assert.equal(served.triggersTable.items.get('case.edit')?.url, 'https://example.com/theirs');
    // Without a save, the page shows the conflict within seconds.
    await row(third, 'case.edit').getByRole('button', { name: 'Use their URL' }).click();
    assert.equal(await field(third, 'case.edit').inputValue(), 'https://example.com/theirs');
    await conflict.getByRole('button', { name: 'Save my URL' }).click();
    await row(second, 'case.edit').getByText('Saved.').waitFor();
    assert.equal(served.triggersTable.items.get('case.edit')?.url, 'https://example.com/mine');
    await until('the first page shows the URL', async () =>
      (await field(first, 'case.edit').inputValue()).endsWith('/mine'),
    );
  });

  test('keeps a draft while another view is shown', async () => {
    await using served = await servedPage(browser);
    const page = await served.open();
    await field(page, 'task.edit').fill('https://example.com/half');
    await page.getByRole('link', { name: 'Log', exact: true }).click();
    await page.getByText('No attempts match.').waitFor();
    await page.getByRole('link', { name: 'Triggers' }).click();
    assert.equal(await field(page, 'task.edit').inputValue(), 'https://example.com/half');
    assert.equal(served.triggersTable.writes, 0);
  });
});
