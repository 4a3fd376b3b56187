import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCall } from '../../functions/adapters/http-call.ts';
import { nameLookup } from '../../functions/adapters/name-lookup.ts';
import { receiver } from '../support/receiver.ts';
import { defaultRules, loopbackRules } from '../support/rules.ts';
import { lateness } from '../support/stretch.ts';
import { tokenEndpoint } from '../support/token-endpoint.ts';

/** Calls with a clock of their own. */
function caller(rules = loopbackRules) {
  const clock = { now: 1_000_000 };
  const options = { connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules };
  return { clock, call: makeCall(options, nameLookup(), () => clock.now) };
}

const trigger = 'case.edit';

test('requests a token once for parallel calls, and again before it expires', async () => {
  await using tokens = await tokenEndpoint();
  await using server = await receiver();
  const { clock, call } = caller();
  const oauth = { ...tokens.client, scope: 'crm' };
  const make = () => call(server.origin, { authorization: 'overwritten' }, undefined, { trigger, oauth });
  await Promise.all([make(), make(), make()]);
  clock.now += 3_569_000;
  await make();
  assert.equal(tokens.requests.length, 1);
  clock.now += 1_000;
  await make();
  assert.deepEqual(
    server.calls.map(({ headers }) => headers.authorization),
    [...Array(4).fill('Bearer token-1'), 'Bearer token-2'],
  );
  const [{ method, target, headers, form } = assert.fail()] = tokens.requests;
  assert.deepEqual([method, target], ['POST', '/token']);
  assert.equal(headers.authorization, `Basic ${Buffer.from('us:MARKER-secret').toString('base64')}`);
  assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
  assert.deepEqual(Object.fromEntries(form), { grant_type: 'client_credentials', scope: 'crm' });
});

test('each trigger has its own token, and a changed client gets another one', async () => {
  await using tokens = await tokenEndpoint();
  await using server = await receiver();
  const { call } = caller();
  const oauth = tokens.client;
  for (const credentials of [
    { trigger: 'case.edit', oauth },
    { trigger: 'case.create', oauth },
    { trigger: 'case.edit', oauth: { ...oauth, clientSecret: 'another' } },
  ] as const)
    await call(server.origin, {}, undefined, credentials);
  assert.equal(tokens.requests.length, 3);
});

test('after a 401 the token is replaced once for all calls that had it, and each call is repeated once', async () => {
  await using tokens = await tokenEndpoint();
  await using server = await receiver(({ headers }, response) => {
    response.writeHead(headers.authorization === 'Bearer token-2' ? 200 : 401).end();
  });
  const { call } = caller();
  const make = () => call(server.origin, {}, undefined, { trigger, oauth: tokens.client });
  assert.partialDeepStrictEqual(await Promise.all([make(), make(), make()]), Array(3).fill({ status: 200, body: '' }));
  assert.equal(tokens.requests.length, 2);
  assert.equal(server.calls.length, 6);
});

test('a second 401 is the result, also if the token endpoint repeats the same token', async () => {
  await using tokens = await tokenEndpoint((response) => response.end('{"access_token":"same"}'));
  await using server = await receiver((_, response) => response.writeHead(401).end());
  const { call } = caller();
  const make = () => call(server.origin, {}, undefined, { trigger, oauth: tokens.client });
  assert.partialDeepStrictEqual(await Promise.all([make(), make(), make()]), Array(3).fill({ status: 401, body: '' }));
  assert.deepEqual([tokens.requests.length, server.calls.length], [2, 6]);
});

test('without a token no call is made, and the next call requests one again', async () => {
  await using tokens = await tokenEndpoint((response, count) =>
    count === 1 ? response.writeHead(500).end('MARKER') : response.end('{"access_token":"t"}'),
  );
  await using server = await receiver();
  const { call } = caller();
  const make = () => call(server.origin, {}, undefined, { trigger, oauth: tokens.client });
  const outcome = { kind: 'failed', response: 'token endpoint responded with HTTP 500' };
  assert.deepEqual(await make(), { outcome });
  assert.equal(server.calls.length, 0);
  assert.partialDeepStrictEqual(await make(), { status: 200, body: 'ok' });
});

test('a token endpoint that does not respond uses up the time of the attempt', async () => {
  await using tokens = await tokenEndpoint(() => {});
  const { call } = caller();
  const late = lateness(2_000);
  const outcome = { kind: 'failed', response: 'token endpoint: no response within 2 s' };
  assert.deepEqual(await call('http://127.0.0.1:1/', {}, undefined, { trigger, oauth: tokens.client }), { outcome });
  const milliseconds = await late();
  assert.ok(milliseconds > -100 && milliseconds < 1_000, `${milliseconds} ms after the deadline`);
});

test('the receiver has only the time that the token endpoint left', async () => {
  await using tokens = await tokenEndpoint((response) => {
    setTimeout(() => response.end('{"access_token":"t"}'), 1_500);
  });
  await using server = await receiver(() => {});
  const { call } = caller();
  const late = lateness(2_000);
  const made = await call(server.origin, {}, undefined, { trigger, oauth: tokens.client });
  assert.deepEqual(made, { failure: 'no response within 2 s' });
  const milliseconds = await late();
  assert.ok(milliseconds > -100 && milliseconds < 1_000, `${milliseconds} ms after the deadline`);
});

test('an aborted call ends at once, and the token arrives for the others', async () => {
  let respond = () => {};
  await using tokens = await tokenEndpoint((response) => {
    respond = () => response.end('{"access_token":"t"}');
    cutting.abort();
  });
  await using server = await receiver();
  const { call } = caller();
  const cutting = new AbortController();
  const credentials = { trigger, oauth: tokens.client } as const;
  const cut = call(server.origin, {}, cutting.signal, credentials);
  const other = call(server.origin, {}, undefined, credentials);
  assert.deepEqual(await cut, { failure: 'cut off: too slow, like those before it' });
  assert.deepEqual(await call(server.origin, {}, cutting.signal, credentials), await cut);
  respond();
  assert.partialDeepStrictEqual(await other, { status: 200, body: 'ok' });
  assert.equal(tokens.requests.length, 1);
});

test('a huge response, a redirect and a token with a line break give no token', async () => {
  await using elsewhere = await receiver();
  const bodies: readonly (readonly [Parameters<typeof tokenEndpoint>[0], string, string])[] = [
    [
      (response) => response.end(`{"access_token":"${'x'.repeat(1_000_000)}"}`),
      'failed',
      'token endpoint sent no usable token',
    ],
    [
      (response) => response.writeHead(307, { location: elsewhere.origin }).end(),
      'blocked',
      'token endpoint responded with HTTP 307',
    ],
    [
      (response) => response.end('{"access_token":"MARKER\\r\\nx-injected: 1"}'),
      'failed',
      'token endpoint sent no usable token',
    ],
  ];
  for (const [respond, kind, response] of bodies) {
    await using tokens = await tokenEndpoint(respond);
    const { call } = caller();
    const made = await call(elsewhere.origin, {}, undefined, { trigger, oauth: tokens.client });
    assert.deepEqual(made, { outcome: { kind, response } });
  }
  assert.equal(elsewhere.calls.length, 0);
});

test('the token endpoint is called only at allowed addresses', async () => {
  await using tokens = await tokenEndpoint();
  const { call } = caller({ ...defaultRules, allowHttp: true });
  const made = await call('http://8.8.8.8/', {}, undefined, { trigger, oauth: tokens.client });
  assert.ok('outcome' in made);
  assert.equal(made.outcome.kind, 'blocked');
  assert.match(made.outcome.response, /^the token endpoint leads to an address that is not public\. Fix: /);
  assert.equal(tokens.requests.length, 0);
});
