// Run by test/emulator/ending.test.ts: a test that waits for ever with an emulator and a function at work.
import { before, test } from 'node:test';
import { deployedStack, takeEffect } from '../emulator.ts';

before(async () => takeEffect(await deployedStack(), 'customer.create'));
test('waits', () => {
  process.stderr.write('it waits\n');
  return new Promise(() => setInterval(() => {}, 1_000));
});
