import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { set } from '../../functions/operations/set-url.ts';
import { until } from '../support/emulator.ts';
import { startChromium } from './chromium.ts';
import { addAttempts, addFailed, addSampleData } from './sample-data.ts';
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

test('finds attempts by the ID of a record, by outcome and by time; the address has the filters, and the back button works', async () => {
  await using served = await servedPage(browser);
  await addSampleData(served);
  const failed = await addFailed(served, { trigger: 'case.delete', formattedString: '?AccountID=a&CaseID=needle' });
  await addAttempts(served, failed);
  const page = await served.open('#log');
  const rows = () => page.locator('tbody tr').count();
  await until('all attempts', async () => (await rows()) === 8);
  await page.getByLabel('Record or notification ID').fill('needle');
  await until('the attempts of one record', async () => (await rows()) === 5);
  await page.getByText('5 attempts match.').waitFor();
  await page.getByLabel('Outcome').selectOption('gave-up');
  await until('the last attempt', async () => (await rows()) === 1);
  await page.getByRole('cell', { name: 'gave-up' }).waitFor();
  const shared = new URL(page.url()).hash;
  assert.equal(shared, '#log?id=needle&outcome=gave-up');
  await page.goBack();
  await until('the attempts of one record', async () => (await rows()) === 5);
  const other = await served.open(shared);
  await other.getByRole('cell', { name: 'gave-up' }).waitFor();
  assert.equal(await other.locator('tbody tr').count(), 1);
  await page.getByLabel('From').fill('2020-01-01T00:00');
  await page.getByLabel('Until').fill('2020-01-02T00:00');
  await page.getByText('No attempts match.').waitFor();
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await until('all attempts', async () => (await rows()) === 8);
});

test('a failed notification links to its attempts; a detail shows the call without credentials, the response and curl', async () => {
  await using served = await servedPage(browser);
  await set(served.deps, 'case.delete', 'https://ada:PASSWORD@example.com/hook?key=SECRET');
  const failed = await addFailed(served, { trigger: 'case.delete' });
  await addAttempts(served, failed);
  const page = await served.open('#failed');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Detail' }).click();
  await page.getByRole('link', { name: 'Show its attempts in the log' }).click();
  await page.getByText('5 attempts match.').waitFor();
  await page.getByRole('button', { name: 'Detail' }).first().click();
  const dialog = page.getByRole('dialog');
  const call = await dialog.getByText(/^GET https/).innerText();
  assert.match(call, /^GET https:\/\/ada:\*\*\*@example\.com\/hook\?key=\*\*\*&AccountID=/);
  assert.match(call, new RegExp(`webhook-id: ${failed.id}`));
  await dialog.getByText('not here').first().waitFor();
  await dialog.getByText(/^None\. It moved to Failed at .*: HTTP 404\.$/).waitFor();
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await dialog.getByText('Copied').waitFor();
  assert.match((await page.evaluate('navigator.clipboard.readText()')) as string, /^curl --globoff .*PASSWORD/);
  assert.match((await page.locator('tbody time').first().getAttribute('title')) ?? '', /UTC|GMT|[A-Z]{3,4}/);
});

test('redelivers one notification from its detail in the log, after a preview', async () => {
  await using served = await servedPage(browser);
  await set(served.deps, 'case.delete', 'https://example.com/');
  const failed = await addFailed(served, { trigger: 'case.delete' });
  await addAttempts(served, failed);
  const page = await served.open('#log');
  await page.getByRole('button', { name: 'Detail' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Redeliver' }).click();
  await dialog.getByText('1 will be sent again to case.delete.').waitFor();
  assert.equal(served.sent.length, 0);
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await dialog.getByText('It is pending').waitFor();
  assert.deepEqual(
    served.sent.map(({ id }) => id),
    [failed.id],
  );
});

test('redelivers all failed notifications of a trigger, after a preview of how many, and pages with a total', async () => {
  await using served = await servedPage(browser);
  await set(served.deps, 'case.delete', 'https://example.com/');
  for (let n = 0; n < 130; n++) await addFailed(served, { trigger: 'case.delete' });
  await addFailed(served, { trigger: 'task.edit' });
  const page = await served.open('#failed?trigger=case.delete');
  await page.getByText('1–100 of 130').waitFor();
  await page.getByRole('button', { name: 'Older' }).click();
  await page.getByText('101–130 of 130').waitFor();
  assert.equal(new URL(page.url()).hash, '#failed?trigger=case.delete&offset=100');
  await page.goBack();
  await page.getByText('1–100 of 130').waitFor();
  await page.getByRole('button', { name: 'Redeliver all 130' }).click();
  await page.getByText('130 will be sent again to case.delete.').waitFor();
  assert.equal(served.sent.length, 0);
  // The confirmation is for what was shown, and not for what the filters select now.
  await page.getByLabel('Trigger').selectOption('');
  await page.getByText('1–100 of 131').waitFor();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('130 of 130 sent again.').waitFor();
  assert.equal(served.sent.length, 130);
  assert.equal(served.backlog.failedItems.size, 1, 'that of the other trigger');
});

test('does not say that no attempts match while older ones are not searched, and searches on', async () => {
  const entry = { at: 1, trigger: 'task.edit', id: 'msg_1', formattedString: '?AccountID=a', attempt: 1 } as const;
  const log = {
    async read(_: unknown, __: number, next?: string) {
      const isLast = Number(next ?? 0) >= 10;
      const found = { ...entry, outcome: 'failed', response: 'HTTP 500', milliseconds: 1 };
      return isLast ? { entries: [found] } : { entries: [], next: String(Number(next ?? 0) + 1) };
    },
  };
  await using served = await servedPage(browser, { log });
  const page = await served.open('#log');
  await page.getByText('No attempts match in the part of the log that was searched so far.').waitFor();
  await page.getByRole('button', { name: 'Search older attempts' }).click();
  await page.getByText('HTTP 500').waitFor();
});
