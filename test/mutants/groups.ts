/** What is mutated together, and the tests that must notice: none that needs an emulator, a browser or the clock. */
export interface Group {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

const stores = ['table', 'backlog', 'triggers', 'secrets', 'history', 'record-counts', 'delivery-log', 'batch-get'];

export const groups: Readonly<Record<string, Group>> = {
  core: { mutate: ['functions/core/*.ts'], tests: ['test/core/*.test.ts'] },
  capture: { mutate: ['functions/capture/capture.ts'], tests: ['test/capture/*.test.ts'] },
  deliver: {
    mutate: ['functions/deliver/!(index).ts', 'functions/attempt/*.ts'],
    tests: ['test/deliver/*.test.ts', 'test/model/faults.test.ts'],
  },
  drain: {
    mutate: ['functions/drain/!(index).ts'],
    tests: ['test/drain/*.test.ts', 'test/model/faults.test.ts'],
  },
  stores: {
    mutate: stores.map((name) => `functions/edge/${name}.ts`),
    tests: [
      'test/stores/memory.test.ts',
      'test/stores/*.test.ts',
      'test/edge/{secrets,delivery-log}.test.ts',
      'test/model/faults.test.ts',
    ],
  },
};
