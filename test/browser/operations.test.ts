import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Browser } from 'playwright-core';
import { set } from '../../functions/operations/set-url.ts';
import { DEAD_LETTERS, QUEUE } from '../support/admin-world.ts';
import { until } from '../support/emulator.ts';
import { startChromium } from './chromium.ts';
import { addOperationsData, sampleAlarms } from './sample-data.ts';
import { servedPage } from './served-page.ts';

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

test('the overview links to the alarms that are on, each with its meaning and what to do', async () => {
  await using served = await servedPage(browser, { alarms: sampleAlarms });
  const page = await served.open();
  await page.getByRole('link', { name: '2 alarms are on' }).click();
  const alarms = page.getByRole('region', { name: 'Alarms' });
  await alarms.getByText('Calls of this trigger have failed for 15 minutes.').waitFor();
  await alarms.getByText(/^What to do: list the dead letters below/).waitFor();
  await alarms.getByText('Without data, as in a new deployment: Changes unsent.').waitFor();
  assert.equal(await alarms.getByRole('listitem').count(), 2);
});

test('says why the states of the alarms are not known, and the overview works without them', async () => {
  const alarms = { read: async () => Promise.reject(new Error('down')) };
  await using served = await servedPage(browser, { alarms });
  const page = await served.open('#operations');
  await page.getByRole('alert').getByText('The request failed.').waitFor();
  await page.getByRole('link', { name: 'Triggers' }).click();
  await page.getByText('11 no URL').waitFor();
});

test('runs the checks, shows a fix for each problem, and says what it does not check', async () => {
  await using served = await servedPage(browser);
  const page = await served.open('#operations');
  await page.getByRole('button', { name: 'Run the checks' }).click();
  const checks = page.getByRole('region', { name: 'Checks' });
  await checks.getByText(/^\d+ problems were found\.$/).waitFor();
  await checks.getByText('Its stream is off: no calls are made').first().waitFor();
  await checks.getByText(/run crm-triggers doctor/).waitFor();
});

test('lists dead letters, and sends them back after a confirmation', async () => {
  await using served = await servedPage(browser);
  addOperationsData(served);
  const page = await served.open('#operations');
  await page.getByRole('button', { name: 'List dead letters' }).click();
  await until('two letters', async () => (await page.locator('tbody tr').count()) === 2);
  await page.getByRole('button', { name: 'Send back' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send 2 dead letters back?' });
  assert.equal(served.queues.messages(QUEUE).length, 0);
  await dialog.getByRole('button', { name: 'Send back' }).click();
  await page.getByText('2 sent back. None is left.').waitFor();
  assert.deepEqual([served.queues.messages(QUEUE).length, served.queues.messages(DEAD_LETTERS).length], [2, 0]);
  await page.getByRole('button', { name: 'List dead letters' }).click();
  await page.getByText('The dead-letter queue is empty.').waitFor();
});

test('counts the rows and sends a backfill; a stopped one continues also after the page was closed', async () => {
  await using served = await servedPage(browser);
  await set(served.deps, 'customer.create', 'https://example.com/');
  for (let n = 0; n < 250; n++) served.crm.put('Customers', marshall({ AccountID: `a${n}` }));
  const page = await served.open('#operations?backfill=customer.create');
  await page.getByRole('button', { name: 'Count the rows' }).click();
  await page.getByText('customer.create: 250 rows match.').waitFor();
  assert.equal(served.sent.length, 0);
  await page.getByLabel('Per second').fill('10');
  await page.getByRole('button', { name: 'Start' }).click();
  const dialog = page.getByRole('dialog', { name: 'Backfill customer.create?' });
  await dialog.getByText('250 rows will be sent.').waitFor();
  await dialog.getByRole('button', { name: 'Start' }).click();
  await page.getByText('customer.create: 100 sent so far.').waitFor();
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('link', { name: 'Operations' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('customer.create: stopped after 100.').waitFor();
  await page.reload();
  await page.getByText('customer.create: stopped after 100.').waitFor();
  assert.equal(served.sent.length, 100);
  // The rest at a pace that needs no pause.
  await page.evaluate(
    `localStorage.setItem('crm-triggers-backfill', localStorage.getItem('crm-triggers-backfill').replace('"pace":10', '"pace":1000'))`,
  );
  await page.reload();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('customer.create: done. 250 sent.').waitFor();
  assert.equal(new Set(served.sent.map(({ id }) => id)).size, 250);
  assert.deepEqual(served.browserErrors, []);
});

test('shows why a backfill is rejected, and does not offer the backfill of a delete', async () => {
  await using served = await servedPage(browser);
  const page = await served.open('#operations?backfill=task.delete');
  const choice = page.getByLabel('Trigger to backfill');
  await choice.waitFor();
  assert.equal(await choice.locator('option[value="task.delete"]').count(), 0);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await page.getByText(/customer\.create cannot be backfilled: no URL is set/).waitFor();
});
