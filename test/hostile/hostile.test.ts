import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import fc from 'fast-check';
import { makeCall } from '../../functions/adapters/http-call.ts';
import type { NameLookup } from '../../functions/adapters/name-lookup.ts';
import { addressRule, literalAddress } from '../../functions/core/address.ts';
import { triggers } from '../../functions/core/entity.ts';
import type { UrlPolicy } from '../../functions/core/url-policy.ts';
import { importUrls } from '../../functions/operations/url-file.ts';
import { defaultRules } from '../support/rules.ts';
import { storesInMemory } from '../support/stores.ts';
import { openTrap, operationDeps, tryTokenUrl, tryUrl } from './attempt.ts';
import { rulesFor, tryWithoutPolicy, wrongs, wrongsOfToken } from './check.ts';
import { corpus, injections, redirects } from './corpus.ts';
import { reasons } from './hosts.ts';
import { tryInjection, tryRedirect } from './smuggle.ts';

mock.method(console, 'log', () => {});

const trap = await openTrap();
test.after(() => trap[Symbol.dispose]());

for (const hostile of corpus)
  test(`${JSON.stringify(hostile.url)} gets no connection, and is rejected in one line when it is set, called and tested`, async () => {
    for (const rules of rulesFor(hostile))
      assert.deepEqual(wrongs(hostile, rules, await tryUrl(hostile, rules, trap)), [], JSON.stringify(rules));
  });

test('no token endpoint of a hostile URL gets a connection, and each is rejected in one line when it is set and called', async () => {
  for (const hostile of corpus)
    for (const rules of rulesFor(hostile))
      assert.deepEqual(wrongsOfToken(hostile, rules, await tryTokenUrl(hostile, rules, trap)), [], hostile.url);
});

for (const location of redirects)
  test(`a redirect to ${location} is not followed, with any status`, async () => {
    assert.deepEqual(await tryRedirect(location, trap), []);
  });

for (const text of injections)
  test(`${JSON.stringify(text)} is sent encoded or not at all, and adds nothing to a request`, async () => {
    assert.deepEqual(await tryInjection(text, trap), []);
  });

test('only the rules stop the connections: with all networks allowed, the same receivers get them', async () => {
  const accepted = trap.accepted.length;
  const { reached, missed } = await tryWithoutPolicy(trap);
  assert.deepEqual(missed, []);
  assert.ok(reached > 250, `${reached} are connected to`);
  assert.ok(trap.accepted.length - accepted > 100, 'and those on this machine take the connection');
});

test('an import with a hostile URL writes nothing, and lists each hostile URL', async () => {
  const { triggers: triggersTable } = storesInMemory();
  const resolve: NameLookup = async (hostname) => [
    { address: hostname === 'ten.example' ? '10.0.0.1' : '8.8.8.8', family: 4 },
  ];
  const deps = operationDeps(triggersTable, defaultRules, resolve);
  const file = {
    'customer.create': 'https://example.com/hook',
    'customer.edit': 'http://example.com/hook',
    'customer.delete': 'https://ten.example/hook',
    'task.create': 'https://example.com:22/hook',
    'task.edit': 'https://0x7f.1/hook',
    'task.delete': null,
  };
  const lines = [
    `The URL for customer.edit ${reasons.http}.`,
    `The URL for customer.delete ${reasons.private}.`,
    `The URL for task.create ${reasons.port}.`,
    `The URL for task.edit ${reasons.private}.`,
  ];
  await assert.rejects(importUrls(deps, JSON.stringify(file)), { message: lines.join('\n') });
  assert.equal(triggersTable.writes, 0);
  await importUrls(deps, JSON.stringify({ 'customer.create': file['customer.create'] }));
  assert.equal((await triggersTable.read(triggers)).get('customer.create')?.url, 'https://example.com/hook');
});

const hosts = corpus.flatMap(({ url }) => url.match(/^https?:\/\/(?:.*@)?([^/?#\\]+?)(?::PORT)?(?:\/|$)/)?.[1] ?? []);
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:9.9.9.9'),
  fc.constantFrom('127.0.0.1', '::1', '10.0.0.1', '169.254.169.254', '::ffff:7f00:1', '64:ff9b::7f00:1', 'fe80::1%lo'),
);
const rules: fc.Arbitrary<UrlPolicy> = fc.record({
  allowHttp: fc.boolean(),
  allowedPorts: fc.subarray([22, 25, 110]),
  allowedPrivateNetworks: fc.subarray(['10.0.0.0/8', '127.0.0.0/8', '::1/128', 'fd00::/8', '169.254.0.0/16']),
});
/** Like fc.webUrl, which needs a second before its first URL. */
const webUrl = fc
  .tuple(
    fc.constantFrom('http', 'https'),
    fc.webAuthority({ withIPv4: true, withIPv4Extended: true, withIPv6: true, withPort: true }),
    fc.constantFrom('', '/', '/hook?', '/#'),
    fc.string(),
  )
  .map(([scheme, authority, path, rest]) => `${scheme}://${authority}${path}${path && rest}`);
/** A URL with random hostile parts. */
const mixed = fc
  .record({
    url: fc.oneof(webUrl, fc.constantFrom(...corpus.map(({ url }) => url))),
    host: fc.option(fc.oneof(fc.constantFrom(...hosts), fc.constantFrom('example.com', '8.8.8.8')), { nil: undefined }),
    user: fc.constantFrom('', '', '8.8.8.8@', 'a:b@', '8.8.8.8%2f@', 'x\\@', '\t@'),
    port: fc.constantFrom('', '', ':22', ':25', ':80', ':443', ':1023', ':1024', ':PORT', ':0', ':65536'),
    scheme: fc.constantFrom('', '', 'https://', 'http://', 'http:\\\\', 'ht\ntps://', 'ftp://'),
  })
  .map(({ url, host, user, port, scheme }) => {
    const [, was = '', authority = '', rest = ''] = url.match(/^([a-z]+:\/\/)?([^/?#]*)(.*)$/is) ?? [];
    const place = host === undefined ? authority : `${user}${host}${port}`;
    return `${scheme || was}${place}${rest}`.replaceAll('PORT', String(trap.port));
  });

test('connects for any URL only to allowed addresses, whatever its name resolves to', async () => {
  const count = { blocked: 0, connected: 0 };
  await fc.assert(
    fc.asyncProperty(mixed, fc.array(address, { maxLength: 4 }), rules, async (url, found, rules) => {
      const mayStandAt = addressRule(rules.allowedPrivateNetworks);
      const resolve: NameLookup = async () =>
        found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      const before = trap.attempts.length;
      const call = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules }, resolve);
      const response = await call(url, {});
      const attempts = trap.attempts.slice(before);
      if ('blocked' in response) {
        count.blocked++;
        assert.deepEqual(attempts, []);
        assert.ok(Object.values<string>(reasons).includes(response.blocked));
      }
      if (attempts.length > 0) count.connected++;
      const target = URL.parse(url);
      const literal = target ? literalAddress(target.hostname) : undefined;
      for (const { address, port } of attempts) {
        assert.ok(mayStandAt(address), address);
        assert.ok(literal === undefined ? found.includes(address) : address === literal, `${address} is no other`);
        assert.ok(port === 80 || port === 443 || port >= 1024 || rules.allowedPorts.includes(port), `port ${port}`);
        assert.ok(target?.protocol === 'https:' || (rules.allowHttp && target?.protocol === 'http:'));
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(count.blocked > 500 && count.connected > 300, JSON.stringify(count));
});
