import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTime } from '../../cli/time.ts';
import { HOUR } from '../support/time.ts';

const NOW = Date.parse('2026-11-26T15:30:00Z');

for (const [entered, expected] of [
  ['2026-11-23', Date.parse('2026-11-23T00:00:00Z')],
  ['2026-11-23T09:00Z', Date.parse('2026-11-23T09:00:00Z')],
  ['2026-11-23T09:00:00.5+02:00', Date.parse('2026-11-23T07:00:00.500Z')],
  ['2026-11-23T09:00', Date.parse('2026-11-23T09:00:00Z')],
  ['1h', NOW - HOUR],
  ['90m', NOW - 1.5 * HOUR],
  ['36h', NOW - 36 * HOUR],
  ['7d', NOW - 7 * 24 * HOUR],
  ['today', Date.parse('2026-11-26T00:00:00Z')],
  ['yesterday', Date.parse('2026-11-25T00:00:00Z')],
] as const)
  test(`reads ${entered}`, () => assert.equal(readTime(entered, NOW), expected));

test('rejects other text, and returns nothing if no time was entered', () => {
  assert.equal(readTime(undefined), undefined);
  for (const entered of ['', 'soon', '7', '-3h', '1w', '9999999d', '2026-13-01', '2026-11-23T', '2026-11-23T09:00+'])
    assert.throws(() => readTime(entered, NOW), /is no time\./, entered);
});
