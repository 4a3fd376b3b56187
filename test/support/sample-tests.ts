import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { requestHeaders } from '../../functions/attempt/request-headers.ts';
import { secretOf } from '../../functions/core/signature.ts';
import { until } from './emulator.ts';
import { isHere, type Language, readmeReceiver, startSample } from './readme-receivers.ts';
import { notification } from './records.ts';

const secret = secretOf(Buffer.alloc(32, 1));
export const target = '/hook?tenant=%C3%A4&x=a+b&AccountID=%C3%96sterreich%20%26%20Co';

/** Makes a call with exactly this path. @returns The status. */
export function send(origin: string, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(origin, { path, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', reject).end();
  });
}

/** Tests which calls a sample accepts. The test is skipped if its language is not on this machine. */
export function testCalls(language: Language) {
  test(`the sample in ${language} accepts a signed call and its repeat, and rejects a changed one`, {
    timeout: 240_000,
  }, async (t) => {
    if (!(await isHere(language))) return t.skip(`there is no ${language} on this machine`);
    await using sample = await readmeReceiver(language, secret);
    const signed = (at = Date.now(), by = secret) =>
      requestHeaders(
        notification(),
        1,
        `${sample.origin}${target}`,
        { version: 1, secret: by, replaced: [], headers: {} },
        at,
      );
    const genuine = signed();
    const status = (headers: Readonly<Record<string, string>>, path = target) => send(sample.origin, path, headers);
    assert.equal(await status(genuine), 200);
    assert.equal(await status(genuine), 200, 'a repeat');
    assert.equal(await status(genuine, `${target}x`), 401, 'another target');
    assert.equal(await status({ ...genuine, 'webhook-id': `${genuine['webhook-id']}0` }), 401, 'another id');
    assert.equal(await status(signed(Date.now() - 10 * 60_000)), 401, 'ten minutes old');
    assert.equal(await status(signed(Date.now(), secretOf(Buffer.alloc(32, 2)))), 401, 'another secret');
    const { 'webhook-signature': _, ...unsigned } = genuine;
    assert.equal(await status(unsigned), 401, 'no signature');
    assert.equal(await status({ ...genuine, 'webhook-timestamp': 'soon' }), 401, 'no time');
  });
}

/** Headers that an attacker between us and the receiver can add or change: `webhook-signature` does not contain them. */
const outsideSignature = {
  'crm-trigger-test': 'true',
  'crm-trigger': 'customer.delete',
  'crm-trigger-attempt': '9',
  'crm-trigger-sequence': '0',
  'x-http-method-override': 'DELETE',
};

/** Tests that a sample acts on nothing that is not signed. */
export function testChangedHeaders(language: Language) {
  test(`the sample in ${language} handles a signed call once although headers outside the signature were changed`, {
    timeout: 240_000,
  }, async (t) => {
    if (!(await isHere(language))) return t.skip(`there is no ${language} on this machine`);
    await using sample = await readmeReceiver(language, secret);
    const secrets = { version: 1, secret, replaced: [], headers: {} };
    const genuine = requestHeaders(notification(), 1, `${sample.origin}${target}`, secrets, Date.now());
    const handled = () => sample.process.tail().match(/Österreich/g)?.length ?? 0;
    assert.equal(await send(sample.origin, target, { ...genuine, ...outsideSignature }), 200);
    await until('the call is handled', () => handled() > 0);
    assert.equal(await send(sample.origin, target, genuine), 200, 'the repeat');
    assert.equal(handled(), 1);
  });
}

/** Secrets that are too short, as variables of a sample's environment. */
export const shortSecrets = {
  'no secret': {},
  'an empty secret': { SECRET: '' },
  'a short secret': { SECRET: secretOf(Buffer.alloc(23, 1)) },
};

/** Tests that a sample does not start without a secret that is long enough. */
export function testStarts(language: Language) {
  for (const [what, variables] of Object.entries(shortSecrets))
    test(`the sample in ${language} does not start with ${what}`, { timeout: 240_000 }, async (t) => {
      if (!(await isHere(language))) return t.skip(`there is no ${language} on this machine`);
      await using sample = await startSample(language, { ...variables, PORT: '0' });
      await sample.process.ended;
      assert.match(sample.process.tail(), /SECRET is missing or too short/);
    });
}
