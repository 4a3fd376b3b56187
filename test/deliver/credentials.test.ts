import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { OAuthClient } from '../../functions/core/access-token.ts';
import { FAILURES_TO_PARK } from '../../functions/core/breaker.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { A_MINUTE, world as deliverWorld } from '../support/deliver-world.ts';
import { newCall } from '../support/real-call.ts';
import { receiver } from '../support/receiver.ts';
import { message, notification, record } from '../support/records.ts';
import { tokenEndpoint } from '../support/token-endpoint.ts';

/** A world whose trigger customer.edit has an OAuth client. `said` is all that was logged or stored of its attempts. */
function world(t: TestContext, origin: string, oauth: OAuthClient) {
  const logged = t.mock.method(console, 'log', () => {});
  const made = deliverWorld({ 'customer.edit': origin, 'task.edit': origin }, { call: newCall() });
  made.secrets.put('customer.edit', { oauth, replaced: [], headers: {}, version: 1 });
  const said = () =>
    JSON.stringify([
      logged.mock.calls,
      made.log.entries,
      [...made.backlog.retryItems],
      [...made.backlog.tests],
      [...made.triggers.items],
    ]);
  return { ...made, said };
}

test('an attempt has an access token beside its signature headers, and neither token nor secret is logged', async (t) => {
  await using tokens = await tokenEndpoint((response) => response.end('{"access_token":"MARKER-token"}'));
  await using server = await receiver(({ headers }, response) =>
    response.writeHead(headers.authorization ? 204 : 500).end(),
  );
  const { deps, log, said } = world(t, server.origin, tokens.client);
  const batch = [1, 2, 3].map((n) => message(notification({ record: record(n) })));
  await deliver(batch, deps, A_MINUTE);
  for (const { headers } of server.calls) {
    assert.equal(headers.authorization, 'Bearer MARKER-token');
    assert.match(String(headers['webhook-id']), /^msg_/);
  }
  assert.deepEqual([server.calls.length, tokens.requests.length], [3, 1]);
  assert.deepEqual(
    log.entries.map(({ response }) => response),
    Array(3).fill('HTTP 204'),
  );
  assert.doesNotMatch(said(), /MARKER/);
});

test('a token endpoint that fails is an outage: attempts are repeated, and ten of them park the trigger', async (t) => {
  await using tokens = await tokenEndpoint((response) => response.writeHead(500).end('MARKER'));
  await using server = await receiver();
  const { deps, backlog, log, state, said } = world(t, server.origin, tokens.client);
  for (let n = 0; n < FAILURES_TO_PARK; n++) {
    assert.equal(state(), 'active');
    await deliver([message(notification({ record: record(n) }))], deps, A_MINUTE);
  }
  assert.equal(state(), 'parked');
  assert.equal(backlog.retryItems.size, FAILURES_TO_PARK);
  assert.deepEqual(
    [log.entries[0]?.outcome, log.entries[0]?.response],
    ['failed', 'token endpoint responded with HTTP 500'],
  );
  assert.equal(server.calls.length, 0);
  assert.doesNotMatch(said(), /MARKER/);
});

test('a rejected client parks the trigger at once with the reason, and nothing is lost', async (t) => {
  await using tokens = await tokenEndpoint((response) =>
    response.writeHead(401).end('{"error":"invalid_client","error_description":"MARKER"}'),
  );
  const { deps, triggers, backlog, state, said } = world(t, 'http://127.0.0.1:1', tokens.client);
  await deliver([message(notification())], deps, A_MINUTE);
  assert.equal(state(), 'parked');
  assert.equal(
    triggers.items.get('customer.edit')?.parkedBecause,
    'token endpoint responded with HTTP 401 (invalid_client)',
  );
  assert.equal(backlog.retryItems.size, 1);
  assert.doesNotMatch(said(), /MARKER/);
});

test('a token endpoint that asks for fewer requests parks the trigger, and the attempt does not count', async (t) => {
  await using tokens = await tokenEndpoint((response) => response.writeHead(429, { 'retry-after': '60' }).end());
  const { deps, triggers, backlog, state } = world(t, 'http://127.0.0.1:1', tokens.client);
  await deliver([message(notification())], deps, A_MINUTE);
  assert.equal(state(), 'parked');
  assert.ok((triggers.items.get('customer.edit')?.throttledAt ?? 0) > 0);
  assert.deepEqual(
    [...backlog.retryItems.values()].map(({ attempts }) => attempts),
    [0],
  );
});

test('a receiver that rejects every token gets two calls an attempt, and the attempt fails as usual', async (t) => {
  await using tokens = await tokenEndpoint();
  await using server = await receiver((_, response) => response.writeHead(401).end());
  const { deps, log } = world(t, server.origin, tokens.client);
  await deliver([message(notification())], deps, A_MINUTE);
  assert.deepEqual(
    server.calls.map(({ headers }) => [headers.authorization, headers['crm-trigger-attempt']]),
    [
      ['Bearer token-1', '1'],
      ['Bearer token-2', '1'],
    ],
  );
  assert.deepEqual(
    log.entries.map(({ outcome, response }) => [outcome, response]),
    [['failed', 'HTTP 401']],
  );
});

test('a token endpoint that does not respond delays no other trigger of the batch', async (t) => {
  let respond = () => {};
  await using tokens = await tokenEndpoint((response) => {
    respond = () => response.end('{"access_token":"t"}');
  });
  // The token arrives only after the call of the other trigger.
  await using server = await receiver(({ headers }, response) => {
    if (headers['crm-trigger'] === 'task.edit') respond();
    response.end();
  });
  const { deps, log } = world(t, server.origin, tokens.client);
  const slow = notification({ record: record(1) });
  const other = notification({ record: record(2), trigger: 'task.edit' });
  const until = async () => {
    while (tokens.requests.length === 0) await new Promise(setImmediate);
  };
  const first = deliver([message(slow)], deps, A_MINUTE);
  await until();
  await deliver([message(other)], deps, A_MINUTE);
  await first;
  assert.deepEqual(log.entries.map(({ trigger, outcome }) => [trigger, outcome]).sort(), [
    ['customer.edit', 'delivered'],
    ['task.edit', 'delivered'],
  ]);
  assert.deepEqual(
    server.calls.map(({ headers }) => headers['crm-trigger']),
    ['task.edit', 'customer.edit'],
  );
});

test('a test call requests a token too, and reports that there is none', async (t) => {
  await using tokens = await tokenEndpoint((response) => response.end('MARKER'));
  const { deps, backlog, said } = world(t, 'http://127.0.0.1:1', tokens.client);
  await deliver([message(notification({ test: true }))], deps, A_MINUTE);
  assert.equal([...backlog.tests.values()][0]?.response, 'token endpoint sent no usable token');
  assert.doesNotMatch(said(), /MARKER/);
});
