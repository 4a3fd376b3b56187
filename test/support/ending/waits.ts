// Run by test/emulator/ending.test.ts: a test that never ends, with a running emulator and function.
import { before, test } from 'node:test';
import { deployedStack, takeEffect } from '../emulator.ts';

before(async () => takeEffect(await deployedStack(), 'customer.create'));
test('waits', () => {
  process.stderr.write('it waits\n');
  return new Promise(() => setInterval(() => {}, 1_000));
});
