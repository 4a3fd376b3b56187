// Run by test/emulator/ending.test.ts: a test whose deployment fails after the emulator has started.
import { before, test } from 'node:test';
import { deployedStack } from '../emulator.ts';

before(() => deployedStack(['NoSuchStack']));
test('never runs', () => {});
