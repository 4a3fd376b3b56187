import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTriggerUrl } from '../../functions/core/trigger-url.ts';
import type { UrlPolicy } from '../../functions/core/url-policy.ts';

/** A policy that allows all addresses and port 81: these tests check how a URL is written. */
const POLICY: UrlPolicy = { allowHttp: true, allowedPorts: [81], allowedPrivateNetworks: ['0.0.0.0/0', '::/0'] };

const rejected: [title: string, input: string, message: RegExp][] = [
  [
    'no characters',
    '',
    /^The URL for customer\.create is empty\. Fix: set a URL such as https:\/\/example\.com\/hook\.$/,
  ],
  ['a space', 'https://x/a b', /has a space or line break at character 12\. Fix: remove it, or write a space as %20/],
  ['a line break at its end', 'https://x/\n', /has a space or line break at character 11/],
  ['a tab, which a parser drops', 'https://x/\ty', /has a space or line break at character 11/],
  ['a NUL', 'https://x/\u0000', /has an invisible or control character at character 11\. Fix: remove it/],
  ['a zero-width space', 'https://x/\u200b', /has an invisible or control character/],
  ['a soft hyphen in the host', 'https://exam\u00adple.com/', /has an invisible or control character/],
  ['half of a surrogate pair', 'https://x/\ud800', /has an invisible or control character/],
  ['a backslash', 'https://x\\@evil/', /has a backslash\. Fix: write \/,/],
  ['no scheme', 'example.com/hook', /does not begin with http:\/\/ or https:\/\//],
  ['another scheme', 'ftp://x/', /does not begin with http:\/\/ or https:\/\//],
  ['one slash after the scheme', 'https:/x', /does not begin with http:\/\/ or https:\/\//],
  ['the scheme javascript', 'javascript:alert(1)', /does not begin with http:\/\/ or https:\/\//],
  ['no host', 'https:///hook', /has no host/],
  ['a query but no host', 'https://?a=b', /has no host/],
  ['a port out of range', 'https://x:99999/', /is not a URL\. Fix: check the host and the port/],
  ['a broken IPv6 address', 'https://[::1/', /is not a URL/],
  ['a broken percent code in the host', 'https://%zz/', /is not a URL/],
  ['2,049 characters', `https://x/${'y'.repeat(2039)}`, /has 2049 characters\. Fix: shorten it to at most 2048/],
  [
    'more than 2,048 characters once it is encoded',
    `https://x/${'ä'.repeat(500)}`,
    /has 3010 characters once percent-encoded/,
  ],
  ...[
    'AccountID[]=1',
    'AccountID[0]=1',
    'a=b&AccountID%5B%5D=1',
    '+AccountID=1',
    '%20accountid=1',
    'accountid',
    'ACCOUNTID=',
    'a=b;AccountID=1',
    '[AccountID]=1',
    'AccountID%00x=1',
  ].map((query): [string, string, RegExp] => [
    `the query ${query}`,
    `https://x/?${query}`,
    /already has AccountID in its query\. Fix: remove it/,
  ]),
  ['a placeholder', 'https://x/{{AccountID}}', /has a brace, but the system appends IDs to the URL/],
  ['a brace in its query', 'https://x/?a={b}', /has a brace/],
  [
    'an empty label in its host',
    'https://example..com/',
    /has an empty part in its host name\. Fix: remove the extra dot/,
  ],
  ['a host that begins with a dot', 'https://me@.example.com/', /has an empty part in its host name/],
  ['an ID of its entity in the query', 'https://x/?AccountID=7', /already has AccountID in its query\. Fix: remove it/],
];

for (const [title, input, message] of rejected)
  test(`a URL with ${title} is rejected in one line with a fix`, () => {
    const checked = parseTriggerUrl('customer.create', input, POLICY);
    assert.ok('rejected' in checked, JSON.stringify(checked));
    assert.match(checked.rejected, message);
    assert.doesNotMatch(checked.rejected, /\n/);
  });

test('checks the scheme and the host only at the start of a URL', () => {
  const url = 'https://x/?to=https:///';
  assert.deepEqual(parseTriggerUrl('customer.create', url, POLICY), { url });
  for (const input of ['ftp://x/?to=https://y/', 'xhttps://y'])
    assert.match(JSON.stringify(parseTriggerUrl('customer.create', input, POLICY)), /does not begin with http/);
  for (const input of ['https://', 'http:///', 'http://?k', 'https://#f'])
    assert.match(JSON.stringify(parseTriggerUrl('customer.create', input, POLICY)), /has no host/);
});
