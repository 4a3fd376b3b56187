import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMasked, MASK, maskedUrl } from '../../functions/core/masked-url.ts';

for (const [url, masked] of [
  ['https://example.com/hook', 'https://example.com/hook'],
  ['https://ada:pw@example.com/', 'https://ada:***@example.com/'],
  ['https://token@example.com/', 'https://***@example.com/'],
  ['https://:pw@example.com/', 'https://:***@example.com/'],
  ['https://example.com/?token=a&b=c%20d', 'https://example.com/?token=***&b=***'],
  ['https://example.com/?secret', 'https://example.com/?***'],
  ['https://example.com/?a=b=c&&d=', 'https://example.com/?a=***&&d=***'],
  ['https://example.com/a@b?c=d@e#f?g=h', 'https://example.com/a@b?c=***#f?g=h'],
  ['http://ada:p@[::1]:8080/?k=v', 'http://ada:***@[::1]:8080/?k=***'],
] as const)
  test(`masks the password and the values of the query: ${url}`, () => {
    assert.equal(maskedUrl(url), masked);
    assert.equal(maskedUrl(masked), masked, 'a masked URL stays the same');
  });

test('masks the whole of a text that is no URL', () => {
  for (const text of ['', 'secret', '//ada:pw@example.com', 'a https://example.com/?k=v', '1https://example.com/'])
    assert.equal(maskedUrl(text), MASK, text);
});

test('knows the masked form of a URL', () => {
  for (const [url, expected] of [
    ['https://ada:***@example.com/', true],
    ['https://example.com/?k=***', true],
    ['https://example.com/hook', false],
    ['https://example.com/?k=v', false],
    ['https://example.com/?k=v&l=***', false],
    ['https://ada:pw@example.com/***', false],
  ] as const)
    assert.equal(isMasked(url), expected, url);
});
