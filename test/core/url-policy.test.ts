import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type UrlPolicy, urlCheckBy } from '../../functions/core/url-policy.ts';
import { defaultRules } from '../support/rules.ts';

const HTTP = 'begins with http://, which is not encrypted. Fix: use https://, or set allowHttp in cdk.json';
const PORT =
  'has a port below 1024 that is not 80 or 443. Fix: use another port, or add it to allowedPorts in cdk.json';
const PRIVATE =
  'leads to an address that is not public. Fix: use another host, or add its network to allowedPrivateNetworks in cdk.json';
const SCHEME = 'does not begin with http:// or https://. Fix: set the whole URL, such as https://example.com/hook';

const checked: [string, string | undefined, Partial<UrlPolicy>?][] = [
  ['https://example.com/hook', undefined],
  ['http://example.com/hook', HTTP],
  ['http://example.com/hook', undefined, { allowHttp: true }],
  ['ftp://example.com/', SCHEME, { allowHttp: true }],
  ['https://example.com:443/', undefined],
  ['https://example.com:80/', undefined],
  ['http://example.com:443/', undefined, { allowHttp: true }],
  ['https://example.com:1024/', undefined],
  ['https://example.com:65535/', undefined],
  ['https://example.com:1023/', PORT],
  ['https://example.com:0/', PORT],
  ['https://example.com:22/', PORT],
  ['https://example.com:00022/', PORT],
  ['https://example.com:22/', undefined, { allowedPorts: [22] }],
  ['https://example.com:25/', PORT, { allowedPorts: [22] }],
  ['https://8.8.8.8/', undefined],
  ['https://127.0.0.1/', PRIVATE],
  ['https://127.0.0.1/', undefined, { allowedPrivateNetworks: ['127.0.0.0/8'] }],
  ['https://[::1]/', PRIVATE, { allowedPrivateNetworks: ['127.0.0.0/8'] }],
  ['https://[2606:4700::1111]/', undefined],
  ['https://localhost/', PRIVATE],
  ['https://a.b.LOCALHOST./', PRIVATE],
  ['https://localhost/', PRIVATE, { allowedPrivateNetworks: ['10.0.0.0/8'] }],
  ['https://localhost/', undefined, { allowedPrivateNetworks: ['::1/128'] }],
  ['https://localhost/', undefined, { allowedPrivateNetworks: ['127.0.0.0/8'] }],
  ['https://localhost.example/', undefined],
  ['https://notlocalhost/', undefined],
];

for (const [url, reason, set = {}] of checked)
  test(`${reason ? 'rejects' : 'allows'} ${url} with ${JSON.stringify(set)}`, () => {
    assert.equal(urlCheckBy({ ...defaultRules, ...set }).target(new URL(url)), reason);
  });

test('allows a host if all its addresses are allowed', () => {
  const check = urlCheckBy(defaultRules);
  assert.equal(check.addresses(['8.8.8.8', '2606:4700::1111']), undefined);
  assert.equal(check.addresses(['8.8.8.8', '10.0.0.1']), PRIVATE);
  assert.equal(check.addresses(['not an address']), PRIVATE);
});

test('each reason is one line that can follow "The URL for …"', () => {
  for (const reason of new Set(checked.flatMap(([, reason]) => reason ?? []))) assert.match(reason, /^[a-z].*[^.\n]$/);
});
