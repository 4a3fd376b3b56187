import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { triggers } from '../../functions/core/entity.ts';
import { until } from '../support/emulator.ts';
import { startChromium } from './chromium.ts';
import { button, field, openDetails, row } from './locators.ts';
import { addSampleData } from './sample-data.ts';
import { servedPage } from './served-page.ts';

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

describe('the overview', () => {
  test('counts the triggers of each state, pending notifications and failed ones of today, and lists the problems', async () => {
    await using served = await servedPage(browser);
    await addSampleData(served);
    const page = await served.open();
    const counts = '6 not called yet, 2 failing, 1 parked, 1 paused, 1 no URL, 12 pending, 1 failed today';
    await page.getByText(counts, { exact: true }).waitFor();
    const problems = page.getByRole('list', { name: 'Problems' }).getByRole('listitem');
    assert.deepEqual(
      (await problems.allInnerTexts()).map((text) => text.split(/\s+/).slice(0, 2).join(' ')),
      ['case.create Parked', 'customer.edit Failing', 'task.edit Failing', 'followup.create Paused'],
    );
    await problems.getByRole('button', { name: 'case.create' }).click();
    await button(page, 'case.create', 'Try now').waitFor();
    const focused = () => page.evaluate('document.activeElement.id');
    await until('the focus is on the trigger', async () => (await focused()) === 'case-create-open');
  });

  test('shows all eleven triggers in a window of 1280 x 900, without scrolling', async () => {
    await using served = await servedPage(browser);
    await addSampleData(served);
    const page = await served.open('', { viewport: { width: 1280, height: 900 } });
    await page.getByText('1 failed today').waitFor();
    for (const trigger of triggers) {
      const box = await row(page, trigger).boundingBox();
      assert.ok(box && box.y >= 0 && box.y + box.height <= 900, `${trigger} ends at ${box && box.y + box.height}`);
    }
  });

  test('shows only problems by an address that can be shared, and the back button shows all again', async () => {
    await using served = await servedPage(browser);
    await addSampleData(served);
    const page = await served.open();
    const rows = () => page.locator('.row').count();
    await until('all triggers', async () => (await rows()) === 11);
    await page.getByRole('button', { name: 'Problems only' }).click();
    await until('four problems', async () => (await rows()) === 4);
    assert.equal(new URL(page.url()).hash, '#triggers?problems=only');
    await openDetails(page, 'case.create');
    await page.goBack();
    await page.goBack();
    await until('all triggers', async () => (await rows()) === 11);
    const other = await served.open('#triggers?problems=only&open=case.create');
    await button(other, 'case.create', 'Try now').waitFor();
    assert.equal(await other.locator('.row').count(), 4);
  });

  test('tries a parked trigger now', async () => {
    let woken = 0;
    await using served = await servedPage(browser, { startDrain: async () => void woken++ });
    await addSampleData(served);
    const page = await served.open();
    await openDetails(page, 'case.create');
    const earlier = woken;
    await button(page, 'case.create', 'Try now').click();
    await until('drain was invoked', () => woken > earlier);
    assert.ok((served.triggersTable.items.get('case.create')?.probeAt ?? Number.POSITIVE_INFINITY) <= Date.now());
  });

  test('explains each state, and shows calls per hour with an axis, a unit and a pattern', async () => {
    await using served = await servedPage(browser);
    await addSampleData(served);
    const page = await served.open();
    await openDetails(page, 'case.create');
    await row(page, 'case.create').getByText('The receiver is down. Notifications wait in the backlog').waitFor();
    await openDetails(page, 'task.edit');
    const chart = row(page, 'task.edit').getByRole('figure');
    assert.match(
      await chart.innerText(),
      /Calls per hour, last 24 hours[\s\S]*0 delivered[\s\S]*3 not delivered[\s\S]*24 h ago/,
    );
    assert.equal(await chart.locator('rect[fill^="url(#"]').count(), 24);
  });

  test('a test result shows its time, and fades when a later call was made', async () => {
    await using served = await servedPage(browser);
    await addSampleData(served);
    const page = await served.open();
    await openDetails(page, 'task.edit');
    await button(page, 'task.edit', 'Test').click();
    const note = row(page, 'task.edit').locator('.tested');
    await note.getByText(/^Delivered: HTTP 200 after 42 ms Test at \d/).waitFor();
    const attempt = { trigger: 'task.edit', id: 'msg_2', formattedString: '?AccountID=a', milliseconds: 1 } as const;
    await served.log.write([
      { ...attempt, attempt: 1, at: Date.now() + 1, outcome: 'delivered', response: 'HTTP 200' },
    ]);
    await note.getByText('A later call was made.').waitFor();
    assert.equal(await note.locator('pre').count(), 0);
    await field(page, 'task.edit').waitFor();
  });
});
