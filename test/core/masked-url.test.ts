import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskedUrl } from '../../functions/core/masked-url.ts';

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
