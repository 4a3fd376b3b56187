import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { entities, type entityNames, type Trigger, triggers } from '../../functions/core/entity.ts';
import { formattedString } from '../../functions/core/formatted-string.ts';
import { joinFormattedString, parseTriggerUrl } from '../../functions/core/trigger-url.ts';
import type { UrlPolicy } from '../../functions/core/url-policy.ts';
import { anyText } from '../support/any-text.ts';

/** All that is checked here is how a URL is written. */
const RULES: UrlPolicy = { allowHttp: true, allowedPorts: [81], allowedPrivateNetworks: ['0.0.0.0/0', '::/0'] };

const kept: [string, string, string][] = [
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

for (const [title, input, url] of kept)
  test(`a URL with ${title} is kept as a URL parser writes it`, () => {
    assert.deepEqual(parseTriggerUrl('customer.create', input, RULES), { url });
  });

const rejected: [string, string, RegExp][] = [
  ['nothing', '', /^The URL for customer\.create is empty: set a URL such as https:\/\/example\.com\/hook\.$/],
  ['a space', 'https://x/a b', /has a space or line break at character 12: remove it, or write a space as %20/],
  ['a line break at its end', 'https://x/\n', /has a space or line break at character 11/],
  ['a tab that a parser would drop', 'https://x/\ty', /has a space or line break at character 11/],
  ['a NUL', 'https://x/\u0000', /has an invisible or control character at character 11: remove it/],
  ['a zero-width space', 'https://x/\u200b', /has an invisible or control character/],
  ['a soft hyphen in the host', 'https://exam\u00adple.com/', /has an invisible or control character/],
  ['half of a surrogate pair', 'https://x/\ud800', /has an invisible or control character/],
  ['a backslash', 'https://x\\@evil/', /has a backslash: write \/ instead/],
  ['no scheme', 'example.com/hook', /does not begin with http:\/\/ or https:\/\//],
  ['another scheme', 'ftp://x/', /does not begin with http:\/\/ or https:\/\//],
  ['one slash', 'https:/x', /does not begin with http:\/\/ or https:\/\//],
  ['script', 'javascript:alert(1)', /does not begin with http:\/\/ or https:\/\//],
  ['no host', 'https:///hook', /names no host/],
  ['no host but a query', 'https://?a=b', /names no host/],
  ['a port out of range', 'https://x:99999/', /is not a URL: check the host and the port/],
  ['a broken IPv6 address', 'https://[::1/', /is not a URL/],
  ['a broken percent code in the host', 'https://%zz/', /is not a URL/],
  ['2,049 characters', `https://x/${'y'.repeat(2039)}`, /has 2049 characters: shorten it to at most 2048/],
  ['2,048 only until it is encoded', `https://x/${'ä'.repeat(500)}`, /has 3010 characters once percent-encoded/],
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
    /already has AccountID in its query: remove it/,
  ]),
  ['a placeholder', 'https://x/{{AccountID}}', /has a brace: IDs are appended to the URL by the system/],
  ['a brace in its query', 'https://x/?a={b}', /has a brace/],
  ['an empty label in its host', 'https://example..com/', /has an empty part in its host name: remove the extra dot/],
  ['a host that begins with a dot', 'https://me@.example.com/', /has an empty part in its host name/],
  ['an id of its own in the query', 'https://x/?AccountID=7', /already has AccountID in its query: remove it/],
];

for (const [title, input, rejection] of rejected)
  test(`a URL with ${title} is rejected in one line that says how to fix it`, () => {
    const checked = parseTriggerUrl('customer.create', input, RULES);
    assert.ok('rejected' in checked, JSON.stringify(checked));
    assert.match(checked.rejected, rejection);
    assert.doesNotMatch(checked.rejected, /\n/);
  });

test('a URL of 2,048 characters is kept', () => {
  assert.ok('url' in parseTriggerUrl('customer.create', `https://x/${'y'.repeat(2038)}`, RULES));
});

test("another entity's id in the query is nobody's business", () => {
  assert.deepEqual(parseTriggerUrl('customer.create', 'https://x/?TaskID=7', RULES), { url: 'https://x/?TaskID=7' });
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

/** URLs of all shapes, with the characters in which parsers differ. */
const anyUrl = fc
  .tuple(
    fc.constantFrom('http', 'https', 'HTTPS'),
    fc.constantFrom('', 'user@', 'user:pa%20ss@'),
    fc.constantFrom('example.com', 'müller.example', '[2001:db8::1]', '127.1', 'a.b.c.example', '東京.jp'),
    fc.constantFrom('', ':8080', ':443'),
    fc.string({ unit: fc.constantFrom(...'/.%2eaZ09-_~!$&\'()*+,;=:@äé東🎧"<>^`{|}') }),
    fc.option(fc.string({ unit: fc.constantFrom(...'?&=%26+aZ09/!\'()*"<>^`{|}ä東🎧') }), { nil: undefined }),
    fc.option(fc.string({ unit: fc.constantFrom(...'#?&=aä') }), { nil: undefined }),
  )
  .map(
    ([scheme, user, host, port, path, query, hash]) =>
      `${scheme}://${user}${host}${port}/${path}${query === undefined ? '' : `?${query}`}${hash === undefined ? '' : `#${hash}`}`,
  );

test('what is kept is never altered again: its own query stays byte for byte, and the ids arrive as they were', () => {
  const id = anyText({ minLength: 1, maxLength: 20 });
  let accepted = 0;
  fc.assert(
    fc.property(anyUrl, fc.constantFrom(...triggers), id, (input, trigger, text) => {
      const checked = parseTriggerUrl(trigger, input, RULES);
      if ('rejected' in checked) return;
      accepted++;
      const entity = trigger.split('.')[0] as (typeof entityNames)[number];
      const ids = Object.fromEntries(entities[entity].ids.map((name) => [name, text]));
      const string = formattedString(entity, ids);
      const call = joinFormattedString(checked.url, string);
      const own = new URL(checked.url).search;
      const sent = new URL(call);
      assert.equal(sent.href, call, 'no parser on the way has anything left to change');
      assert.ok(sent.search.startsWith(own), 'its own query comes first, unchanged');
      assert.ok(sent.search.endsWith(string.slice(1)), 'the formatted string comes last, unchanged');
      assert.equal(sent.hash, '');
      for (const name of entities[entity].ids) assert.equal(sent.searchParams.get(name), text);
    }),
    { numRuns: 2000 },
  );
  assert.ok(accepted > 1000, `${accepted} of 2000 were accepted`);
});

test('a query in plain ASCII that a parser leaves alone is kept exactly as set', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'azAZ09-._~!$()*+,;:@/?=&%') }), (query) => {
      const checked = parseTriggerUrl('task.edit' as Trigger, `https://example.com/?${query}`, RULES);
      assert.deepEqual(checked, { url: `https://example.com/?${query}` });
    }),
  );
});

test('no text, however odd, makes it throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anyText(),
        anyText().map((s) => `https://${s}`),
      ),
      (input) => {
        const checked = parseTriggerUrl('customer.create', input, RULES);
        if ('url' in checked) assert.match(checked.url, /^https?:\/\/[\x21-\x7e]+$/);
        else assert.match(checked.rejected, /^The URL for customer\.create .+\.$/);
      },
    ),
  );
});

test('a URL that the deployment does not allow is rejected with the reason', () => {
  const rules = { allowHttp: false, allowedPorts: [], allowedPrivateNetworks: [] };
  assert.deepEqual(parseTriggerUrl('customer.create', 'http://example.com/', rules), {
    rejected:
      'The URL for customer.create begins with http://, which is not encrypted: use https://, or set allowHttp in cdk.json.',
  });
});

test('only the beginning of a URL decides on its scheme and its host', () => {
  const url = 'https://x/?to=https:///';
  assert.deepEqual(parseTriggerUrl('customer.create', url, RULES), { url });
  for (const input of ['ftp://x/?to=https://y/', 'xhttps://y'])
    assert.match(JSON.stringify(parseTriggerUrl('customer.create', input, RULES)), /does not begin with http/);
  for (const input of ['https://', 'http:///', 'http://?k', 'https://#f'])
    assert.match(JSON.stringify(parseTriggerUrl('customer.create', input, RULES)), /names no host/);
});
