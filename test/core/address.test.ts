import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressRule, literalAddress } from '../../functions/core/address.ts';

const isAllowed = addressRule([]);

const rejected = `0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3 168.63.129.16
  169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.9 192.0.0.192 192.0.2.1 192.31.196.1
  192.52.193.1 192.88.99.1 192.168.1.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
  239.1.1.1 240.0.0.1 255.255.255.255
  :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:7f00:1 ::ffff:a9fe:a9fe ::FFFF:7F00:1
  0:0:0:0:0:ffff:127.0.0.1 ::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 64:ff9b::7f00:1 64:ff9b::8.8.8.8 64:ff9b:1::1
  64:ff9b:1:ffff::a00:1 100::1 100:0:0:1::1 200::1 400::1 1000::1 1fff:ffff::1 2001::1 2001:0:4136:e378::1 2001:1::1
  2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:1ff::1 2001:db8::1 2002:7f00:1:: 2002:808:808::
  2620:4f:8000::1 3fff::1 3fff:fff::1 4000::1 5f00::1 8000::1 a000::1 c000::1 e000::1 f000::1 fc00::1 fd00:ec2::254
  fd20:ce::254 fe00::1 fe80::1 fe80::1%eth0 febf::1 fec0::1 ff02::1 ff0e::1`;

for (const address of rejected.split(/\s+/))
  test(`rejects ${address}`, () => {
    assert.equal(isAllowed(address), false);
  });

const allowed = `1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
  169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
  ::ffff:8.8.8.8 ::ffff:808:808 2001:200::1 2001:4860:4860::8888 2003::1 2400::1 2606:4700::1111 2620:4f:7fff::1 2800::1
  2a00::1 2c00::1 3ffe::1`;

for (const address of allowed.split(/\s+/))
  test(`allows ${address}`, () => {
    assert.equal(isAllowed(address), true);
  });

test('rejects text that is not an IP address', () => {
  for (const text of ['', 'localhost', '127.1', '0x7f.1', '2130706433', 'fe80::1%eth0%', '8.8.8.8.', '[2606:4700::1]'])
    assert.equal(isAllowed(text), false, text);
});

test('rejects an address with a zone, even if its network is allowed', () => {
  assert.equal(addressRule(['fe80::/10'])('fe80::1'), true);
  for (const address of ['fe80::1%eth0', '2606:4700::1111%1']) assert.equal(addressRule(['::/0'])(address), false);
});

test('checks an IPv4-mapped IPv6 address as its IPv4 address, in dotted and hexadecimal form', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      const hex = `::ffff:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      assert.equal(isAllowed(`::ffff:${address}`), isAllowed(address));
      assert.equal(isAllowed(hex), isAllowed(address));
    }),
    { numRuns: 2000 },
  );
});

test('allows no IPv6 address outside 2000::/3', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const mapped = new URL(`http://[${address}]/`).hostname.startsWith('[::ffff:');
      const first = Number.parseInt(new URL(`http://[${address}]/`).hostname.slice(1).split(':')[0] || '0', 16);
      if (!mapped && isAllowed(address)) assert.equal(first >> 13, 1, address);
    }),
    { numRuns: 2000 },
  );
});

test('allows addresses of an allowed private network, and no other private addresses', () => {
  const rule = addressRule(['10.1.0.0/16', '::1/128']);
  assert.deepEqual(['10.1.2.3', '::ffff:10.1.2.3', '::1', '10.2.0.1', '127.0.0.1', '8.8.8.8'].map(rule), [
    true,
    true,
    true,
    false,
    false,
    true,
  ]);
});

test('returns the IP address of a host without brackets, and undefined for a name', () => {
  assert.deepEqual(['127.0.0.1', '[::1]', 'example.com', '127.0.0.1.', '[v1.x]'].map(literalAddress), [
    '127.0.0.1',
    '::1',
    undefined,
    undefined,
    undefined,
  ]);
});

test('removes brackets only around the whole host', () => {
  assert.deepEqual(['1[.2.3.4]', '[1.2.3].4'].map(literalAddress), [undefined, undefined]);
});
