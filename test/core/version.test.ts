import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VERSION } from '../../functions/core/version.ts';
import manifest from '../../package.json' with { type: 'json' };

test('the version is the one in package.json', () => {
  assert.equal(VERSION, manifest.version);
});
