import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser, Response } from 'playwright-core';
import { set } from '../../functions/operations/set-url.ts';
import { until } from '../support/emulator.ts';
import { stretch } from '../support/stretch.ts';
import { startChromium } from './chromium.ts';
import { button, openDetails, row } from './locators.ts';
import { addFailed, addSampleData } from './sample-data.ts';
import { servedPage } from './served-page.ts';

const PAGE_KIB = 60;
const INTERACTIVE_MS = 500;

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

test('shows markup in IDs, URLs, responses, names and reasons as text, and does not run it', async () => {
  const hostile = `"'><img src=x onerror="window.ran=1"><script>window.ran=1</script><svg onload=window.ran=1>`;
  await using served = await servedPage(browser, { who: hostile });
  const url = `https://example.com/${hostile}?a=${hostile}`.replaceAll(' ', '%20');
  await set(served.deps, 'task.edit', url);
  await served.triggersTable.writeUrl('case.edit', 'javascript:window.ran=1', 0);
  await served.triggersTable.writeUrl('case.create', hostile, 0);
  await served.triggersTable.move('task.edit', 'park', { parkedBecause: hostile });
  await served.secrets.change('task.edit', (now) => ({ ...now, headers: { [hostile]: hostile } }));
  Object.assign(served.responses, { response: hostile, body: hostile });
  await addFailed(served, { formattedString: hostile }, hostile);
  const attempt = { trigger: 'task.edit', formattedString: hostile, milliseconds: 1, attempt: 1 } as const;
  await served.log.write([
    { ...attempt, id: hostile, at: Date.now(), outcome: 'failed', response: hostile, body: hostile },
  ]);
  served.activity.add('call', hostile, hostile);
  const page = await served.open();
  await openDetails(page, 'task.edit');
  await button(page, 'task.edit', 'Test').click();
  await row(page, 'task.edit').locator('.tested pre').waitFor();
  await button(page, 'task.edit', 'Settings').click();
  await page.getByRole('dialog').getByText('onerror').first().waitFor();
  for (const view of [
    '#failed',
    '#log',
    '#history',
    '#<img src=x onerror=window.ran=1>',
    '#log?id=<script>window.ran=1</script>',
  ]) {
    const other = await served.open(view);
    await other.locator('.row, tbody tr, .empty').first().waitFor();
    if (view === '#failed' || view === '#log') {
      await other.getByRole('button', { name: 'Detail' }).first().click();
      await other.getByRole('dialog').getByText('onerror').first().waitFor();
    }
    assert.equal(await other.evaluate('window.ran'), undefined, view);
    assert.equal(await other.locator('img, main script, svg[onload]').count(), 0);
  }
  assert.equal(await page.evaluate('window.ran'), undefined);
  assert.deepEqual(served.browserErrors, []);
});

test(`the first load is at most ${PAGE_KIB} KiB compressed, and the page is interactive within ${INTERACTIVE_MS} ms`, async (t) => {
  await using served = await servedPage(browser);
  await addSampleData(served);
  const times: number[] = [];
  let bytes = 0;
  const stretched = stretch();
  for (let load = 0; load < 5; load++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(`new MutationObserver((_, observer) => {
      if (!document.querySelector('.row input')) return;
      observer.disconnect();
      window.interactive = performance.now();
    }).observe(document, { childList: true, subtree: true })`);
    const sizes: Promise<number>[] = [];
    const measure = (response: Response) => {
      if (!response.url().includes('/activity')) sizes.push(response.body().then((body) => gzipSync(body).length));
    };
    page.on('response', measure);
    await page.goto(served.origin);
    const interactive = await until('a field is shown', () => page.evaluate('window.interactive') as Promise<number>);
    times.push(Math.round(interactive));
    // Later requests are not part of the first load.
    page.off('response', measure);
    bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    await context.close();
  }
  const factor = stretched();
  t.diagnostic(
    `first load: ${bytes} bytes compressed; interactive after ${times.join(', ')} ms, where work took ${factor.toFixed(2)} times as long as on an idle machine`,
  );
  assert.ok(bytes > 5_000 && bytes <= PAGE_KIB * 1024, `${bytes} bytes`);
  assert.ok(Math.min(...times) / factor < INTERACTIVE_MS, `${times} ms, divided by ${factor}`);
});

test('another website can neither read nor change anything through the browser', async () => {
  await using served = await servedPage(browser);
  const page = await served.open();
  // For the browser, another host name is another website.
  const elsewhere = await page.context().newPage();
  await elsewhere.route('https://evil.example/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<p>hello' }),
  );
  await elsewhere.goto('https://evil.example/');
  const results = await elsewhere.evaluate(`Promise.all([
    fetch('${served.origin}/api/triggers').then((r) => r.text()),
    fetch('${served.origin}/api/triggers/task.edit/pause', { method: 'POST', mode: 'no-cors' }),
    fetch('${served.origin}/api/redeliver', { method: 'POST', mode: 'no-cors', body: '{"all":true,"confirmed":true}' }),
  ].map((response) => response.then(() => 'responded', () => 'rejected')))`);
  assert.equal((results as string[])[0], 'rejected');
  assert.equal(served.triggersTable.writes, 0);
});
