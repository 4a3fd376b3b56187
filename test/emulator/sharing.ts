/**
 * Test files that use the stack of stack.ts one after another, as on an emulator at AWS_ENDPOINT_URL. `npm test` runs them in one
 * process, because each deployment needs 12 s of a processor. The first one needs a new stack.
 */
export const sharing = ['operations', 'calls', 'command-line', 'failed', 'log', 'signatures', 'trigger-states'];
