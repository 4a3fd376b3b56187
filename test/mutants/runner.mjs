import { basename } from 'node:path';
import { TapTestRunner } from '@stryker-mutator/tap-runner';

/** Stryker's runner for node:test, which tries the mutated file's own test first: it is the likeliest to notice. */
class OwnTestFirst extends TapTestRunner {
  mutantRun(options) {
    const own = `${basename(options.activeMutant.fileName, '.ts')}.test.ts`;
    const isOther = (file) => Number(basename(file) !== own);
    const testFilter = options.testFilter?.toSorted((a, b) => isOther(a) - isOther(b));
    return super.mutantRun({ ...options, testFilter });
  }
}

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'own-test-first', factory: Object.assign(create, { inject: ['$injector'] }) },
];

function create(injector) {
  return injector.provideValue('globalNamespace', '__stryker__').injectClass(OwnTestFirst);
}
