/** Files that are mutated together, and the tests that must kill their mutants. No test needs an emulator, a browser or real time. */
export interface Group {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

const stores =
  'table,expressions,backlog,backlog-rows,failed-writer,pending-state,trigger-store,trigger-rows,secret-store,history,record-counts,delivery-log,delivery-log-writer';
const protocol = 'test/protocol/*.test.ts';
const inMemory = 'test/stores/memory.test.ts';

export const groups: Readonly<Record<string, Group>> = {
  core: { mutate: ['functions/core/*.ts'], tests: ['test/core/*.test.ts'] },
  capture: { mutate: ['functions/capture/capture.ts'], tests: ['test/capture/*.test.ts'] },
  deliver: {
    mutate: ['functions/deliver/!(index|deps).ts', 'functions/attempt/*.ts'],
    tests: ['test/deliver/!(index).test.ts', protocol],
  },
  drain: { mutate: ['functions/drain/!(index|deps).ts'], tests: ['test/drain/*.test.ts', protocol] },
  stores: {
    mutate: [`functions/adapters/{${stores}}.ts`],
    tests: [
      inMemory,
      'test/adapters/{secret-store,delivery-log,delivery-log-follow,backlog-rows,trigger-rows,history}.test.ts',
      protocol,
    ],
  },
};
