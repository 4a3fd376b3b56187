import type { Group } from './groups.ts';

/** The folder of the mutation tests, from the root of the project. */
export const here = 'test/mutants';

/** Reports, configurations and compiled code. Git ignores this folder. */
export const output = `${here}/.stryker`;

/** Stryker's copy of the project. */
export const sandbox = `${output}/sandbox`;

/** @param files The files to mutate; if empty, those of the group. */
export function strykerConfig(name: string, { mutate, tests }: Group, files: readonly string[]) {
  return {
    mutate: files.length > 0 ? files : mutate,
    testRunner: 'own-test-first',
    tap: {
      testFiles: tests,
      // The plugin's hook selects the active mutant. Without isolation a test file needs one process instead of two.
      nodeArgs: [
        '--require={{hookFile}}',
        `--import=./${here}/preload.ts`,
        '--test',
        '--test-isolation=none',
        '--test-reporter=tap',
        '{{testFile}}',
      ],
      forceBail: true,
    },
    plugins: ['@stryker-mutator/tap-runner', `./${here}/runner.mjs`, `./${here}/noise.ts`],
    ignorers: ['noise'],
    coverageAnalysis: 'perTest',
    concurrency: 2,
    timeoutMS: 4_000,
    timeoutFactor: 2,
    disableTypeChecks: false,
    tsconfigFile: 'none',
    checkers: [],
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: `${output}/${name}.json` },
    tempDirName: sandbox,
    ignorePatterns: ['.*', 'dist', 'cdk.out', 'docs', 'test/browser', 'test/bench', `${here}/node_modules`],
    allowEmpty: true,
    fileLogLevel: 'off',
    logLevel: 'warn',
    warnings: { slow: false },
  };
}
