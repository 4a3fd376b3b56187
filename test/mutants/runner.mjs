import { basename, dirname } from 'node:path';
import { TapTestRunner } from '@stryker-mutator/tap-runner';

/** Stryker's runner for node:test, which tries the mutated file's own test first: it is the likeliest to notice. */
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
