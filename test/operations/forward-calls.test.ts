import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { commands } from '../../cli/commands.ts';
import { checkValue } from '../../cli/values.ts';
import { DeliveryLog, type LogEntry } from '../../functions/adapters/delivery-log.ts';
import { type ForwardedCall, forwardCalls, isLocalUrl } from '../../functions/operations/forward-calls.ts';
import { set } from '../../functions/operations/set-url.ts';
import { setHeader } from '../../functions/operations/signing-secrets.ts';
import { adminWorld } from '../support/admin-world.ts';
import { client } from '../support/client-certificates.ts';
import { logEntry } from '../support/log-entries.ts';
import { logTable } from '../support/log-table.ts';
import { receiver } from '../support/receiver.ts';
import { tokenEndpoint } from '../support/token-endpoint.ts';

/** A world whose log gets the next entries in each pause between two reads. */
async function world(...written: LogEntry[][]) {
  const log = new DeliveryLog('log', logTable().client);
  await log.write([logEntry({ trigger: 'case.edit', at: Date.now() - 1_000 })]);
  const made = adminWorld({ log });
  await set(made.deps, 'case.edit', 'https://example.com/live');
  const counted = () => [made.sent.length, made.history.entries.length, written.length];
  const forward = async (url: string, count: number) => {
    const forwarded: ForwardedCall[] = [];
    const pause = async () => log.write(written.shift() ?? []);
    for await (const one of forwardCalls(made.deps, 'case.edit', url, pause)) {
      forwarded.push(one);
      if (forwarded.length === count) break;
    }
    return forwarded;
  };
  return { ...made, log, counted, forward };
}

const now = (n: number, overrides: Partial<LogEntry> = {}) => logEntry({ at: Date.now() + n, ...overrides });

test('forwards new calls in order, with a signature for the local URL, and no older call', async () => {
  await using server = await receiver((_, response) => response.writeHead(201).end());
  const entries = [now(1), now(2, { attempt: 2, outcome: 'failed' }), now(3, { test: true })];
  const made = await world([], entries.slice(0, 2), [now(2, { trigger: 'task.edit' })], entries.slice(2));
  const url = `${server.origin.replace('127.0.0.1', 'app.localhost')}/hook?from=live`;
  const forwarded = await made.forward(url, 3);
  assert.deepEqual(
    forwarded.map(({ entry, response, isDelivered }) => [entry.id, response, isDelivered]),
    entries.map(({ id }) => [id, 'HTTP 201', true]),
  );
  const { secret = '' } = made.secrets.items.get('case.edit') ?? {};
  for (const [index, { target, headers }] of server.calls.entries()) {
    const { id, formattedString, attempt, test: isTest } = entries[index] ?? assert.fail();
    assert.equal(target, `/hook?from=live&${formattedString.slice(1)}`);
    const signedAt = new Date(Number(headers['webhook-timestamp']) * 1000);
    assert.equal(headers['webhook-signature'], new Webhook(secret).sign(id, signedAt, target));
    assert.partialDeepStrictEqual(headers, {
      'webhook-id': id,
      'crm-trigger': 'case.edit',
      'crm-trigger-attempt': String(attempt),
    });
    assert.equal(headers['crm-trigger-test'], isTest ? 'true' : undefined);
  }
});

test('a forwarded call is not logged, counted or repeated, and reveals no custom header, token or certificate', async () => {
  await using tokens = await tokenEndpoint();
  await using server = await receiver((_, response) => response.writeHead(500).end());
  const made = await world([now(1)], [now(2)]);
  await setHeader(made.deps, 'case.edit', 'X-Token', 'MARKER');
  const credentials = { oauth: tokens.client, certificate: { ...client, subject: '', issuer: '', expiresAt: 0 } };
  await made.secrets.change('case.edit', (now) => ({ ...now, ...credentials }));
  const history = made.history.entries.length;
  const forwarded = await made.forward(`${server.origin}/`, 2);
  assert.deepEqual(
    forwarded.map(({ response, isDelivered }) => [response, isDelivered]),
    [
      ['HTTP 500', false],
      ['HTTP 500', false],
    ],
  );
  assert.equal(server.calls.length, 2);
  assert.doesNotMatch(JSON.stringify(server.calls), /MARKER|authorization/);
  assert.equal(tokens.requests.length, 0);
  assert.equal((await made.log.read({}, 100)).entries.length, 3);
  assert.deepEqual([made.sent.length, made.history.entries.length], [0, history]);
  assert.equal((await made.triggersTable.read(['case.edit'])).get('case.edit')?.consecutiveFailures ?? 0, 0);
});

test('goes on when nothing listens on this machine, and follows no redirect', async () => {
  await using server = await receiver((_, response) =>
    response.writeHead(302, { location: 'https://example.com/' }).end(),
  );
  const made = await world([now(1)], [now(2)]);
  const [silent] = await made.forward('http://127.0.0.1:9/', 1);
  assert.deepEqual([silent?.response, silent?.isDelivered], ['connection refused', false]);
  const [redirect] = await made.forward(`${server.origin}/`, 1);
  assert.deepEqual([redirect?.isDelivered, server.calls.length], [false, 1]);
});

describe('--forward', () => {
  for (const url of [
    'http://localhost:3000/hook',
    'https://localhost/',
    'http://app.localhost:8080',
    'http://127.0.0.1:3000',
    'http://127.9.9.9',
    'http://127.1:3000',
    'http://[::1]:3000/',
  ])
    test(`accepts ${url}`, () => assert.ok(isLocalUrl(url)));

  for (const url of [
    'http://example.com/',
    'http://localhost.example.com/',
    'http://localhost@example.com/',
    'http://10.0.0.1/',
    'http://0.0.0.0:3000/',
    'http://169.254.169.254/',
    'http://[::]:3000/',
    'http://[fe80::1]/',
    'file:///etc/passwd',
    'localhost:3000',
    '3000',
  ])
    test(`rejects ${JSON.stringify(url)} as wrong usage`, () => {
      assert.throws(
        () => checkValue('LOCAL-URL', '--forward', url),
        /^Error: --forward takes only URLs of this machine/,
      );
    });

  test('is required', () => {
    assert.throws(() => commands.listen?.check?.(['case.edit'], {}), /listen needs --forward/);
  });
});
