import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { until } from '../support/emulator.ts';
import { startChromium } from './chromium.ts';
import { addFailed, addSampleData } from './sample-data.ts';
import { servedPage } from './served-page.ts';

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

test('finds failed notifications, shows their details, and redelivers them after a confirmation', async () => {
  await using served = await servedPage(browser);
  await addSampleData(served);
  const other = await addFailed(served, { trigger: 'case.delete' });
  const page = await served.open('#failed');
  const rows = () => page.locator('tbody tr').count();
  await until('two rows are shown', async () => (await rows()) === 2);
  await page.getByLabel('Trigger').selectOption('case.delete');
  await until('one row is shown', async () => (await rows()) === 1);
  await page.getByRole('button', { name: 'Detail' }).click();
  await page.getByRole('dialog', { name: 'case.delete' }).getByText(other.id).waitFor();
  await page.keyboard.press('Escape');
  await page.getByLabel(`Select ${other.id}`).check();
  await page.getByRole('button', { name: 'Redeliver 1' }).click();
  await page.getByText('1 will be sent again to case.delete.').waitFor();
  assert.equal(served.sent.length, 0);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('1 of 1 sent again.').waitFor();
  assert.deepEqual(
    served.sent.map(({ id }) => id),
    [other.id],
  );
  await page.getByLabel('Trigger').selectOption('');
  await until('one row is shown', async () => (await rows()) === 1);
  await page.getByLabel('Select all shown').check();
  await page.getByRole('button', { name: 'Redeliver 1' }).waitFor();
});

test('redeliver shows why notifications without a URL are not sent, and sends the others', async () => {
  await using served = await servedPage(browser);
  await addSampleData(served);
  for (let n = 0; n < 2; n++) await addFailed(served, { trigger: 'task.delete' });
  const page = await served.open('#failed');
  const rejected = '2 notifications: not sent, no URL is set for task.delete. To fix this, set one with';
  await page.getByLabel('Select all shown').check();
  await page.getByRole('button', { name: 'Redeliver 3' }).click();
  await page.getByText('1 will be sent again to task.edit.').waitFor();
  await page.getByText(rejected).waitFor();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('1 of 3 sent again.').waitFor();
  await page.getByLabel('Select all shown').check();
  await page.getByRole('button', { name: 'Redeliver 2' }).click();
  await page.getByText(rejected).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).count(), 0);
});

test('filters the log, and shows all attempts of a notification and a curl command', async () => {
  await using served = await servedPage(browser);
  await addSampleData(served);
  const page = await served.open('#log');
  await page.getByRole('button', { name: 'Detail' }).first().waitFor();
  assert.equal(await page.locator('tbody tr').count(), 3);
  await page.getByRole('button', { name: 'Detail' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'task.edit' });
  await dialog.getByText(/^curl .*'https:\/\/crm\.example\.com\/task\.edit\?AccountID=a\d+'/).waitFor();
  assert.equal(await dialog.locator('.attempts li').count(), 3);
  await page.keyboard.press('Escape');
  await page.getByLabel('Outcome').selectOption('delivered');
  await page.getByText('No attempts match.').waitFor();
});
