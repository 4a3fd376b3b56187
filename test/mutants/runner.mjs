import { basename, dirname } from 'node:path';
import { TapTestRunner } from '@stryker-mutator/tap-runner';

/** Runs the test file of the mutated file first, because it is the most likely to kill the mutant. */
class OwnTestFirst extends TapTestRunner {
  mutantRun(options) {
    const { fileName } = options.activeMutant;
    const own = [`${basename(fileName, '.ts')}.test.ts`, `${basename(dirname(fileName))}.test.ts`];
    const rank = (file) => Number(!own.includes(basename(file)));
    const testFilter = options.testFilter?.toSorted((a, b) => rank(a) - rank(b));
    return super.mutantRun({ ...options, testFilter });
  }
}

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'own-test-first', factory: Object.assign(create, { inject: ['$injector'] }) },
];

function create(injector) {
  return injector.provideValue('globalNamespace', '__stryker__').injectClass(OwnTestFirst);
}
