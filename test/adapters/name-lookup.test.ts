import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { nameLookup } from '../../functions/adapters/name-lookup.ts';
import { nameServer, type Zone } from '../support/name-server.ts';

const many = Array.from({ length: 25 }, (_, i) => `192.0.2.${i + 1}`);

const cases: readonly (readonly [
  title: string,
  zone: Zone,
  expected: readonly string[] | { readonly code: string },
])[] = [
  ['an IPv4 address', { addresses: ['192.0.2.1'] }, ['192.0.2.1']],
  ['an IPv6 address alone', { addresses: ['2001:db8::1'] }, ['2001:db8::1']],
  ['both families, IPv4 first', { addresses: ['2001:db8::1', '192.0.2.1'] }, ['192.0.2.1', '2001:db8::1']],
  ['25 addresses', { addresses: many }, many],
  [
    'an IPv4 address where queries for IPv6 get no response',
    { addresses: ['192.0.2.1'], silent: 'AAAA' },
    ['192.0.2.1'],
  ],
  ['no address at all', {}, { code: 'ENOTFOUND' }],
  ['NXDOMAIN', { code: 3 }, { code: 'ENOTFOUND' }],
  ['SERVFAIL', { code: 2 }, { code: 'EAI_AGAIN' }],
  ['REFUSED', { code: 5 }, { code: 'EAI_AGAIN' }],
];

for (const [title, zone, expected] of cases)
  test(`a name with ${title}`, async () => {
    await using dns = await nameServer({ 'receiver.example': zone });
    const resolve = nameLookup({ servers: [dns.server], hostsFile: '/nowhere' });
    const found = resolve('receiver.example');
    if ('code' in expected)
      return await assert.rejects(found, (error: Error & { code?: string }) => {
        assert.doesNotMatch(error.message, /receiver/);
        return error.code === expected.code;
      });
    const addresses = await found;
    const byAddress = (a: { address: string }, b: { address: string }) =>
      expected.indexOf(a.address) - expected.indexOf(b.address);
    assert.deepEqual(
      addresses.toSorted(byAddress).map(({ address }) => address),
      expected,
    );
    assert.deepEqual(
      addresses.map(({ family }) => family),
      addresses.map(({ address }) => (address.includes(':') ? 6 : 4)),
    );
  });

test('silent name servers of many names delay neither another name nor the look-ups of the operating system', async () => {
  const silent = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`silent-${i}.example`, { silent: 'all' } as const]),
  );
  await using dns = await nameServer({ ...silent, 'healthy.example': { addresses: ['192.0.2.1'] } });
  const resolve = nameLookup({ servers: [dns.server] });
  const ending = new AbortController();
  const pending = Object.keys(silent).map((name) => resolve(name, ending.signal).catch((error) => error.code));
  const from = performance.now();
  assert.deepEqual(await resolve('healthy.example'), [{ address: '192.0.2.1', family: 4 }]);
  await lookup('localhost');
  // The first repetition of a query would come after a second.
  assert.ok(performance.now() - from < 900, `${performance.now() - from} ms`);
  assert.equal(dns.queries.filter((query) => query.startsWith('silent')).length, 80, 'all of them were on their way');
  ending.abort();
  assert.deepEqual(new Set(await Promise.all(pending)), new Set(['EAI_AGAIN']), 'cancelled');
});

test('looks up localhost and names of the hosts file without a query', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-hosts-'));
  t.after(() => rm(folder, { recursive: true }));
  const hostsFile = join(folder, 'hosts');
  await writeFile(
    hostsFile,
    '# 10.0.0.9 commented\n127.0.0.1\tlocalhost\n10.0.0.1 crm.internal CRM\t# here\r\n::2 crm\n',
  );
  await using dns = await nameServer({});
  const resolve = nameLookup({ servers: [dns.server], hostsFile });
  const addresses = async (name: string) => (await resolve(name)).map(({ address }) => address);
  for (const name of ['localhost', 'LOCALHOST', 'localhost.', 'app.localhost'])
    assert.deepEqual(await addresses(name), ['127.0.0.1', '::1'], name);
  assert.deepEqual(await addresses('crm'), ['10.0.0.1', '::2']);
  assert.deepEqual(await addresses('crm.internal.'), ['10.0.0.1']);
  assert.deepEqual(dns.queries, []);
  await assert.rejects(addresses('commented'), { code: 'ENOTFOUND' });
});

test('a look-up that is cancelled ends at once', async () => {
  await using dns = await nameServer({ 'silent.example': { silent: 'all' } });
  const ending = new AbortController();
  const found = nameLookup({ servers: [dns.server] })('silent.example', ending.signal);
  setTimeout(() => ending.abort(), 50);
  const from = performance.now();
  await assert.rejects(found, { code: 'EAI_AGAIN' });
  assert.ok(performance.now() - from < 900);
});
