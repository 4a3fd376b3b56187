import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { customHeader } from '../../functions/core/custom-header.ts';
import { anyText } from '../support/any-text.ts';

test('a header of the receiver’s own is kept with its name in lower case', () => {
  assert.deepEqual(customHeader('X-Api-Token', 'a b=c'), { name: 'x-api-token', value: 'a b=c' });
  assert.deepEqual(customHeader('Authorization', 'Bearer abc'), { name: 'authorization', value: 'Bearer abc' });
});

const rejected: [name: string, value: string, words: RegExp][] = [
  ['', 'v', /^"" is no name of a header/],
  ['x token', 'v', /is no name of a header/],
  ['x:token', 'v', /is no name of a header/],
  ['x-tökén', 'v', /is no name of a header/],
  ['x\r\ny', 'v', /^"x\\r\\ny" is no name of a header/],
  ['x'.repeat(65), 'v', /is no name of a header/],
  ['x_y', 'v', /has an underscore, and many servers drop such a header: use a dash/],
  ['Signature', 'v', /is set by the system/],
  ['Signature-Input', 'v', /is set by the system/],
  ['Host', 'v', /is set by the system/],
  ['Webhook-Signature', 'v', /is set by the system/],
  ['crm-trigger', 'v', /is set by the system/],
  ['Transfer-Encoding', 'chunked', /is set by the system/],
  ['Content-Length', '5', /is set by the system/],
  ['Connection', 'close', /is set by the system/],
  ['Proxy-Authorization', 'v', /is set by the system/],
  ['x-token', '', /has no value/],
  ['x-token', 'v\r\nx-other: 1', /visible ASCII/],
  ['x-token', 'v\n', /visible ASCII/],
  ['x-token', 'v\0', /visible ASCII/],
  ['x-token', ' v', /visible ASCII/],
  ['x-token', 'gültig', /visible ASCII/],
  ['x-token', 'v'.repeat(2049), /more than 2048 characters/],
];

for (const [name, value, words] of rejected)
  test(`${JSON.stringify(name).slice(0, 30)}: ${JSON.stringify(value).slice(0, 30)} is rejected in one line`, () => {
    const checked = customHeader(name, value);
    assert.ok('rejected' in checked);
    assert.match(checked.rejected, words);
    assert.doesNotMatch(checked.rejected, /[\r\n]/);
  });

test('whatever is accepted is one header that Node sends as it is, and a rejection is the same whatever the value', () => {
  fc.assert(
    fc.property(anyText(), anyText(), (name, value) => {
      const checked = customHeader(name, value);
      if ('name' in checked) assert.equal(new Headers([[checked.name, checked.value]]).get(name), value);
      else assert.ok(['v', '', '\0', 'v'.repeat(3000)].some((v) => isDeepStrictEqual(customHeader(name, v), checked)));
    }),
    { numRuns: 2_000 },
  );
});

test('only whole names are taken: one that begins or ends like a name of the system is a receiver’s own', () => {
  for (const name of ['x-accept', 'ghost', 'te2', 'range-x', 'hosts'])
    assert.deepEqual(customHeader(name, 'v'), { name, value: 'v' });
  for (const name of ['sec-fetch-site', 'sec-', 'if-none-match', 'if-'])
    assert.match(JSON.stringify(customHeader(name, 'v')), /is set by the system/);
});

test('a value may be one character, and as long as 2,048', () => {
  for (const value of ['v', 'v'.repeat(2048)]) assert.deepEqual(customHeader('x', value), { name: 'x', value });
});
