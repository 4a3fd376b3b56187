import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressRule } from '../../functions/core/address.ts';

const none = addressRule([]);

const refused = `0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.1.2.3 169.254.169.254 172.16.0.1
  172.31.255.255 192.0.0.1 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
  239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:7f00:1 64:ff9b::7f00:1
  64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1`;

for (const address of refused.split(/\s+/))
  test(`${address} may not be called`, () => {
    assert.equal(none(address), false);
  });

const public_ = `1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.167.255.255 198.17.255.255
  223.255.255.255 ::ffff:8.8.8.8 2001:4860:4860::8888 2606:4700::1111 2a00::1`;

for (const address of public_.split(/\s+/))
  test(`${address} may be called`, () => {
    assert.equal(none(address), true);
  });

test('what is no address may not be called', () => {
  for (const text of ['', 'localhost', '127.1', '0x7f.1', '2130706433', 'fe80::1%eth0%'])
    assert.equal(none(text), false, text);
});

test('an allowed private network may be called, and nothing beside it', () => {
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
