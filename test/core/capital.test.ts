import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capital } from '../../functions/core/capital.ts';

test('capitalizes the first letter and leaves the others', () => {
  assert.deepEqual(['customer', 'aB', 'a', ''].map(capital), ['Customer', 'AB', 'A', '']);
});
