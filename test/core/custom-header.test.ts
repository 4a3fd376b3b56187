import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { customHeader } from '../../functions/core/custom-header.ts';
import { anyText } from '../support/any-text.ts';

test('accepts a custom header and returns its name in lower case', () => {
  assert.deepEqual(customHeader('X-Api-Token', 'a b=c'), { name: 'x-api-token', value: 'a b=c' });
  assert.deepEqual(customHeader('Authorization', 'Bearer abc'), { name: 'authorization', value: 'Bearer abc' });
});

const rejected: [name: string, value: string, words: RegExp][] = [
  ['', 'v', /^"" is not a valid header name/],
  ['x token', 'v', /is not a valid header name/],
  ['x:token', 'v', /is not a valid header name/],
  ['x-tökén', 'v', /is not a valid header name/],
  ['x\r\ny', 'v', /^"x\\r\\ny" is not a valid header name/],
  ['x'.repeat(65), 'v', /is not a valid header name/],
  ['x_y', 'v', /has an underscore, and many servers drop such headers\. Fix: use a dash/],
  ['Signature', 'v', /is a header that the system sets/],
  ['Signature-Input', 'v', /is a header that the system sets/],
  ['Host', 'v', /is a header that the system sets/],
  ['Webhook-Signature', 'v', /is a header that the system sets/],
  ['crm-trigger', 'v', /is a header that the system sets/],
  ['Transfer-Encoding', 'chunked', /is a header that the system sets/],
  ['Content-Length', '5', /is a header that the system sets/],
  ['Connection', 'close', /is a header that the system sets/],
  ['Proxy-Authorization', 'v', /is a header that the system sets/],
  ['x-token', '', /has no value/],
  ['x-token', 'v\r\nx-other: 1', /visible ASCII/],
  ['x-token', 'v\n', /visible ASCII/],
  ['x-token', 'v\0', /visible ASCII/],
  ['x-token', ' v', /visible ASCII/],
  ['x-token', 'gültig', /visible ASCII/],
  ['x-token', 'v'.repeat(2049), /more than 2048 characters/],
];

for (const [name, value, words] of rejected)
  test(`${JSON.stringify(name).slice(0, 30)}: ${JSON.stringify(value).slice(0, 30)} is rejected with an error in one line`, () => {
    const checked = customHeader(name, value);
    assert.ok('rejected' in checked);
    assert.match(checked.rejected, words);
    assert.doesNotMatch(checked.rejected, /[\r\n]/);
  });

test('Node sends an accepted header unchanged, and an error does not contain the value', () => {
  fc.assert(
    fc.property(anyText(), anyText(), (name, value) => {
      const checked = customHeader(name, value);
      if ('name' in checked) assert.equal(new Headers([[checked.name, checked.value]]).get(name), value);
      else assert.ok(['v', '', '\0', 'v'.repeat(3000)].some((v) => isDeepStrictEqual(customHeader(name, v), checked)));
    }),
    { numRuns: 2_000 },
  );
});

test('accepts names that only start or end like a name that the system sets', () => {
  for (const name of ['x-accept', 'ghost', 'te2', 'range-x', 'hosts'])
    assert.deepEqual(customHeader(name, 'v'), { name, value: 'v' });
  for (const name of ['sec-fetch-site', 'sec-', 'if-none-match', 'if-'])
    assert.match(JSON.stringify(customHeader(name, 'v')), /is a header that the system sets/);
});

test('accepts values of 1 and of 2,048 characters', () => {
  for (const value of ['v', 'v'.repeat(2048)]) assert.deepEqual(customHeader('x', value), { name: 'x', value });
});
