import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { entities, type entityNames, type Trigger, triggers } from '../../functions/core/entity.ts';
import { formattedString } from '../../functions/core/formatted-string.ts';
import { joinFormattedString, parseTriggerUrl } from '../../functions/core/trigger-url.ts';
import type { UrlPolicy } from '../../functions/core/url-policy.ts';
import { anyText } from '../support/any-text.ts';

/** A policy that allows all addresses and port 81: these tests check how a URL is written. */
const POLICY: UrlPolicy = { allowHttp: true, allowedPorts: [81], allowedPrivateNetworks: ['0.0.0.0/0', '::/0'] };

/** URLs of many forms, with the characters that parsers treat differently. */
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

test('an accepted URL never changes again: its query stays the same, and a parser reads the IDs unchanged', () => {
  const id = anyText({ minLength: 1, maxLength: 20 });
  let accepted = 0;
  fc.assert(
    fc.property(anyUrl, fc.constantFrom(...triggers), id, (input, trigger, text) => {
      const checked = parseTriggerUrl(trigger, input, POLICY);
      if ('rejected' in checked) return;
      accepted++;
      const entity = trigger.split('.')[0] as (typeof entityNames)[number];
      const ids = Object.fromEntries(entities[entity].ids.map((name) => [name, text]));
      const string = formattedString(entity, ids);
      const call = joinFormattedString(checked.url, string);
      const query = new URL(checked.url).search;
      const sent = new URL(call);
      assert.equal(sent.href, call, 'a parser changes nothing');
      assert.ok(sent.search.startsWith(query), 'its own query comes first, unchanged');
      assert.ok(sent.search.endsWith(string.slice(1)), 'the formatted string comes last, unchanged');
      assert.equal(sent.hash, '');
      for (const name of entities[entity].ids) assert.equal(sent.searchParams.get(name), text);
    }),
    { numRuns: 2000 },
  );
  assert.ok(accepted > 1000, `${accepted} of 2000 were accepted`);
});

test('stores a query of ASCII characters that a parser does not change', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'azAZ09-._~!$()*+,;:@/?=&%') }), (query) => {
      const checked = parseTriggerUrl('task.edit' as Trigger, `https://example.com/?${query}`, POLICY);
      assert.deepEqual(checked, { url: `https://example.com/?${query}` });
    }),
  );
});

test('never throws, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anyText(),
        anyText().map((s) => `https://${s}`),
      ),
      (input) => {
        const checked = parseTriggerUrl('customer.create', input, POLICY);
        if ('url' in checked) assert.match(checked.url, /^https?:\/\/[\x21-\x7e]+$/);
        else assert.match(checked.rejected, /^The URL for customer\.create .+\.$/);
      },
    ),
  );
});
