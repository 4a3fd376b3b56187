import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinFormattedString, parseTriggerUrl } from '../../functions/core/trigger-url.ts';
import type { UrlPolicy } from '../../functions/core/url-policy.ts';

/** A policy that allows all addresses and port 81: these tests check how a URL is written. */
const POLICY: UrlPolicy = { allowHttp: true, allowedPorts: [81], allowedPrivateNetworks: ['0.0.0.0/0', '::/0'] };

const accepted: [title: string, input: string, url: string][] = [
  ['no path', 'https://x', 'https://x/'],
  ['a path', 'https://x/y', 'https://x/y'],
  ['a query', 'https://x/y?k=v', 'https://x/y?k=v'],
  ['a fragment', 'https://x/y?k=v#f', 'https://x/y?k=v#f'],
  ['a port', 'http://x:8080/y', 'http://x:8080/y'],
  ['userinfo', 'https://me:s%20t@x/y', 'https://me:s%20t@x/y'],
  ['a host in capitals', 'HTTPS://EXAMPLE.com/Y', 'https://example.com/Y'],
  ['an IDN', 'https://müller.example/', 'https://xn--mller-kva.example/'],
  ['non-ASCII in path and query', 'https://x/ä?ö=ü', 'https://x/%C3%A4?%C3%B6=%C3%BC'],
  ['dots in the path', 'https://x/a/../b', 'https://x/b'],
  ['an IPv6 address', 'http://[2001:DB8::1]:81/', 'http://[2001:db8::1]:81/'],
];

for (const [title, input, url] of accepted)
  test(`a URL with ${title} is stored as a URL parser writes it`, () => {
    assert.deepEqual(parseTriggerUrl('customer.create', input, POLICY), { url });
  });

test('accepts a URL of 2,048 characters', () => {
  assert.ok('url' in parseTriggerUrl('customer.create', `https://x/${'y'.repeat(2038)}`, POLICY));
});

test('accepts an ID of another entity in the query', () => {
  assert.deepEqual(parseTriggerUrl('customer.create', 'https://x/?TaskID=7', POLICY), { url: 'https://x/?TaskID=7' });
});

const joined: [string, string][] = [
  ['https://x/y', 'https://x/y?AccountID=a1'],
  ['https://x/y?k=v#f', 'https://x/y?k=v&AccountID=a1'],
  ['https://x/y#f', 'https://x/y?AccountID=a1'],
  ['https://x/y#f?k', 'https://x/y?AccountID=a1'],
  ['https://x/y?', 'https://x/y?AccountID=a1'],
  ['https://x/y??', 'https://x/y??&AccountID=a1'],
  ['https://x/y?k=v&', 'https://x/y?k=v&AccountID=a1'],
  ['https://x/y?k=%20+%zz&&=&k', 'https://x/y?k=%20+%zz&&=&k&AccountID=a1'],
  ['https://me:pw@x:8443/y', 'https://me:pw@x:8443/y?AccountID=a1'],
];

for (const [url, call] of joined)
  test(`${url} is called as ${call}`, () => {
    assert.equal(joinFormattedString(url, '?AccountID=a1'), call);
  });

test('rejects a URL that the settings do not allow, with the reason', () => {
  const policy = { allowHttp: false, allowedPorts: [], allowedPrivateNetworks: [] };
  assert.deepEqual(parseTriggerUrl('customer.create', 'http://example.com/', policy), {
    rejected:
      'The URL for customer.create begins with http://, which is not encrypted. Fix: use https://, or set allowHttp in cdk.json.',
  });
});
