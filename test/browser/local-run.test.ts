import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { startChromium } from './chromium.ts';

/** A typed URL is called from then on. */
const TAKES_EFFECT_MS = 5_500;

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

test('npm start opens a page on which the agent creates a customer and the typed URL is called', async () => {
  await using server = await receiver((_, response) => response.end('taken'));
  const file = new URL('../../infra/local/start.ts', import.meta.url).pathname;
  const { AWS_ENDPOINT_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  try {
    const origin = await until('its page', () => /^ +(http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(printed)?.[1], 120_000);
    const page = await (await browser.newContext()).newPage();
    await page.goto(origin);
    const happens = page.getByRole('log', { name: 'What happens' });
    await page.getByRole('button', { name: 'Create a customer' }).click();
    await happens.getByText('The agent created a customer').first().waitFor();
    await happens.getByText('customer.create was called with').first().waitFor();

    await page.getByLabel('Edit customer: URL').fill(`${server.origin}/mine`);
    await page.getByLabel('Edit customer: URL').press('Enter');
    const row = page.getByRole('group', { name: 'customer.edit', exact: true });
    await row.getByText('Saved.').waitFor();
    await sleep(TAKES_EFFECT_MS);
    await page.getByRole('button', { name: 'Edit a customer' }).click();
    const call = await until('the call', () => server.calls[0]);
    assert.match(call.target, /^\/mine\?AccountID=A-\w+$/);
    await row.getByRole('button', { name: 'Test' }).click();
    await row.getByText(/Delivered: HTTP 200 after \d+ ms/).waitFor({ timeout: 60_000 });
    assert.equal(server.calls.at(-1)?.headers['crm-trigger-test'], 'true');
    await page.getByRole('link', { name: 'History' }).click();
    await page
      .getByRole('cell', { name: `${server.origin}/mine` })
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'Log' }).click();
    const logged = page.getByRole('row').filter({ hasText: 'customer.edit' }).filter({ hasText: 'test' });
    await logged.getByText('delivered').waitFor();
    await logged.getByRole('button', { name: 'Detail' }).click();
    await page.getByRole('dialog').getByText(`curl --globoff --include '${server.origin}/mine?`).waitFor();
    await page.context().close();
  } finally {
    child.kill('SIGINT');
    await ended;
  }
});
