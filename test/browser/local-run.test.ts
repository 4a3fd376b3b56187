import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Browser } from 'playwright-core';
import { until } from '../support/emulator.ts';
import { descendants } from '../support/processes.ts';
import { receiver } from '../support/receiver.ts';
import { listeningSockets } from '../support/sockets.ts';
import { startLocally } from '../support/start-locally.ts';
import { startChromium } from './chromium.ts';
import { button, openDetails, row, save } from './locators.ts';

/** More than the consecutive failures that park a trigger. */
const FAILURES = 12;

let browser: Browser;
let origin: string;
let endpoint: string;
let run: ReturnType<typeof startLocally> | undefined;
before(async () => {
  browser = await startChromium();
  run = startLocally();
  origin = (await run.untilPrinted(/^ +(http:\/\/127\.0\.0\.1:\d+\/)$/m))[1] ?? assert.fail();
  endpoint = (await run.untilPrinted(/AWS_ENDPOINT_URL=(\S+)/))[1] ?? assert.fail();
});
after(() => Promise.all([run?.stop(), browser?.close()]));

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
    // On a slow machine, notifications fail twice or three times before the trigger parks: their next retry is up to 144 s later.
    await until('nothing is pending', async () => (await state.innerText()).trim() === 'Healthy', 240_000);
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

  test('listens on the loopback interface only, and a page of another origin gets nothing from any port', {
    skip: process.platform !== 'linux' && 'reads /proc',
  }, async () => {
    const pid = run?.pid ?? assert.fail();
    const sockets = listeningSockets([pid, ...descendants(pid)]);
    assert.ok(sockets.length >= 3, 'the page, the emulator and the receiver');
    assert.deepEqual(
      sockets.filter(({ isLoopback }) => !isLoopback),
      [],
    );
    const ports = sockets.map(({ port }) => port);
    for (const { port } of [new URL(origin), new URL(endpoint)]) assert.ok(ports.includes(Number(port)));
    const attacker = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>hello'));
    await once(attacker.listen(0, '127.0.0.1'), 'listening');
    const page = await (await browser.newContext()).newPage();
    // Browsers do not restrict requests between pages and servers of this machine by themselves.
    await page.goto(`http://evil.localhost:${(attacker.address() as AddressInfo).port}/`);
    const read = await page.evaluate(attack, ports);
    await page.context().close();
    attacker.close();
    assert.deepEqual(read, []);
    const sqs = new SQSClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand());
    assert.ok(QueueUrls.length > 0);
    assert.deepEqual(
      QueueUrls.filter((url) => url.endsWith('/evil')),
      [],
      'a request whose response the page cannot read',
    );
  });
});

/** Runs in the page of an attacker. @returns What the page could read, for each port. */
async function attack(ports: readonly number[]): Promise<string[]> {
  const requests: RequestInit[] = [
    {},
    {
      method: 'POST',
      headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables', 'content-type': 'application/x-amz-json-1.0' },
      body: '{}',
    },
    { method: 'POST', mode: 'no-cors', body: new URLSearchParams({ Action: 'CreateQueue', QueueName: 'evil' }) },
  ];
  const read: string[] = [];
  for (const port of ports)
    for (const path of ['/', '/api/triggers/task.edit/secret', '/local/activity', '/_ministack/health'])
      for (const request of requests) {
        const text = await fetch(`http://127.0.0.1:${port}${path}`, {
          ...request,
          signal: AbortSignal.timeout(5_000),
        }).then(
          (response) => (response.type === 'opaque' ? '' : response.text()),
          () => '',
        );
        if (text) read.push(`${port}${path}: ${text.slice(0, 100)}`);
      }
  return read;
}
