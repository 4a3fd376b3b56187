import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { until } from '../support/emulator.ts';
import { endWithUs } from '../support/processes.ts';
import { receiver } from '../support/receiver.ts';
import { startChromium } from './chromium.ts';
import { button, openDetails, row, save } from './locators.ts';

/** More than the consecutive failures that park a trigger. */
const FAILURES = 12;

let browser: Browser;
let stop: (() => Promise<void>) | undefined;
let origin: string;
before(async () => {
  browser = await startChromium();
  const file = fileURLToPath(new URL('../../cli/local/start.ts', import.meta.url));
  const { AWS_ENDPOINT_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  stop = endWithUs(async () => {
    const ended = once(child, 'close');
    child.kill('SIGINT');
    await ended;
  });
  let printed = '';
  child.stdout?.on('data', (chunk) => {
    printed += chunk;
  });
  origin = await until('the URL of the page', () => /^ +(http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(printed)?.[1], 120_000);
});
after(() => Promise.all([stop?.(), browser?.close()]));

describe('npm start', () => {
  test('serves a page where the agent creates a customer and the configured URL is called', async () => {
    await using server = await receiver((_, response) => response.end('received'));
    const page = await (await browser.newContext()).newPage();
    await page.goto(origin);
    const activity = page.getByRole('log', { name: 'Activity' });
    await page.getByRole('button', { name: 'Create a customer' }).click();
    await activity.getByText('The agent created a customer').first().waitFor();
    await activity.getByText('customer.create was called with').first().waitFor();

    await save(page, 'customer.edit', `${server.origin}/mine`);
    await page.getByRole('button', { name: 'Edit a customer' }).click();
    const call = await until('the call', () => server.calls[0]);
    assert.match(call.target, /^\/mine\?AccountID=A-\w+$/);
    await openDetails(page, 'customer.edit');
    await button(page, 'customer.edit', 'Test').click();
    await row(page, 'customer.edit')
      .getByText(/Delivered: HTTP 200 after \d+ ms/)
      .waitFor({ timeout: 60_000 });
    assert.equal(server.calls.at(-1)?.headers['crm-trigger-test'], 'true');
    await page.getByRole('link', { name: 'History' }).click();
    await page
      .getByRole('cell', { name: `${server.origin}/mine` })
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'Log', exact: true }).click();
    const logged = page.getByRole('row').filter({ hasText: 'customer.edit' }).filter({ hasText: 'test' });
    await logged.getByText('delivered').waitFor();
    await logged.getByRole('button', { name: 'Detail' }).click();
    await page.getByRole('dialog').getByText(`curl --globoff --include '${server.origin}/mine?`).waitFor();
    await page.context().close();
  });

  test('shows an outage and the recovery: parked with pending notifications, then healthy, and nothing is lost', async () => {
    await using server = await receiver(({ target }, response) => {
      response.writeHead(target.startsWith('/down') ? 503 : 200).end();
    });
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(origin);
    const state = row(page, 'task.create').locator('.state');
    await save(page, 'task.create', `${server.origin}/down`);
    for (let n = 0; n < FAILURES; n++) {
      await page.getByRole('button', { name: 'Create a task' }).click();
      await page.getByText('The agent created a task').nth(n).waitFor();
    }
    await state.getByText(`${FAILURES} pending`).waitFor();
    await state.getByText('Parked', { exact: true }).waitFor();
    await row(page, 'task.create').locator('.latest').getByText('HTTP 503').waitFor();

    await save(page, 'task.create', `${server.origin}/up`);
    await until('nothing is pending', async () => (await state.innerText()).trim() === 'Healthy', 60_000);
    const arrived = new Set(server.calls.filter(({ target }) => target.startsWith('/up')).map(({ target }) => target));
    assert.equal(arrived.size, FAILURES);
    await page.context().close();
  });

  test('shows pending notifications while a trigger is paused, and delivers them after resume', async () => {
    await using server = await receiver();
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(origin);
    const state = row(page, 'case.create').locator('.state');
    await save(page, 'case.create', `${server.origin}/`);
    await openDetails(page, 'case.create');
    await button(page, 'case.create', 'Pause').click();
    await state.getByText('Paused', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Create a case' }).click();
    await state.getByText('1 pending').waitFor();
    assert.equal(server.calls.length, 0);
    await button(page, 'case.create', 'Resume').click();
    await until('the call', () => server.calls[0]);
    await state.getByText('Healthy').waitFor();
    await page.context().close();
  });
});
