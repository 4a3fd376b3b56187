import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { until } from '../support/emulator.ts';
import { startChromium } from './chromium.ts';
import { button, field, openDetails, row } from './locators.ts';
import { addFailed, addSampleData } from './sample-data.ts';
import { servedPage } from './served-page.ts';

const screenshots = fileURLToPath(new URL('screenshots/', import.meta.url));

let browser: Browser;
before(async () => {
  await mkdir(screenshots, { recursive: true });
  browser = await startChromium();
});
after(() => browser.close());

test('every action works by keyboard, and the focus is visible', async () => {
  await using served = await servedPage(browser);
  const page = await served.open();
  await field(page, 'customer.create').waitFor();
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      const focused = (await page.evaluate(
        '[document.activeElement.innerText, document.activeElement.id, getComputedStyle(document.activeElement).outlineStyle]',
      )) as string[];
      assert.notEqual(focused[2], 'none', `the focus is visible on ${focused[0] || focused[1]}`);
      if (focused.some((text) => text.replace(/\s+/g, ' ') === name)) return;
    }
    assert.fail(`Tab does not reach ${name}`);
  };
  await tabTo('Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate('document.activeElement.id'), 'main');
  await tabTo('customer-create');
  await page.keyboard.type('https://example.com/');
  await page.keyboard.press('Enter');
  await row(page, 'customer.create').getByText('Saved.').waitFor();
  await tabTo('Details of customer.create');
  await page.keyboard.press('Enter');
  await tabTo('Test customer.create');
  await page.keyboard.press('Enter');
  await row(page, 'customer.create').getByText('Delivered: HTTP 200 after 42 ms').waitFor();
  await tabTo('Secret and headers of customer.create');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  const focused = () => page.evaluate('document.activeElement.innerText') as Promise<string>;
  assert.match(await focused(), /^Secret and headers/);

  await field(page, 'customer.create').fill('https://example.com/2');
  await button(page, 'customer.create', 'Save').press('Enter');
  await row(page, 'customer.create').getByText('Saved.').waitFor();
  assert.equal(await page.evaluate('document.activeElement.id'), 'customer-create', 'the focus stays in the field');
  const { id } = await addFailed(served, { trigger: 'customer.create' });
  await page.getByRole('link', { name: 'Failed', exact: true }).press('Enter');
  await page.getByLabel(`Select ${id}`).press('Space');
  await page.getByRole('button', { name: 'Redeliver 1' }).press('Enter');
  await page.getByText('1 will be sent again').waitFor();
  await until('the focus is on Send', async () => (await focused()) === 'Send');
  await page.keyboard.press('Enter');
  await page.getByText('1 of 1 sent again.').waitFor();
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds no accessibility problem, ${colorScheme}, wide and narrow`, async () => {
    await using served = await servedPage(browser);
    await addSampleData(served);
    for (const width of [1200, 360])
      for (const view of ['', '#failed', '#log', '#history']) {
        const page = await served.open(view, { colorScheme, viewport: { width, height: 1000 } });
        await page.locator('.row, tbody tr').first().waitFor();
        if (view === '') {
          await field(page, 'task.delete').fill('nonsense');
          await row(page, 'task.delete').getByText('does not begin with').waitFor();
          for (const trigger of ['task.edit', 'case.create'] as const) await openDetails(page, trigger);
          await button(page, 'task.edit', 'Test').click();
          await row(page, 'task.edit').getByText('Delivered:').waitFor();
        }
        await page.screenshot({
          path: `${screenshots}${view.slice(1) || 'triggers'}-${width}-${colorScheme}.png`,
          fullPage: true,
        });
        assert.ok(
          ((await page.evaluate('document.documentElement.scrollWidth')) as number) <= width,
          `${view} fits ${width}`,
        );
        if (view === '#log') {
          await page.getByRole('button', { name: 'Detail' }).first().click();
          await page.getByText(/^curl/).waitFor();
        }
        await page.evaluate(axe.source);
        const found = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as {
          id: string;
          nodes: { html: string; failureSummary: string }[];
        }[];
        assert.deepEqual(
          found.map(({ id, nodes }) => [id, nodes[0]?.html, nodes[0]?.failureSummary]),
          [],
          `${view} ${width}`,
        );
        await page.context().close();
      }
    assert.deepEqual(served.browserErrors, []);
  });
