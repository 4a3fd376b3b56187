import type { Command, Printed } from '../command.ts';

export const demoCommand: Command = {
  summary: 'Run the whole system on this machine, on an AWS emulator, and check that all triggers fire',
  details:
    'It fetches the emulator and the CDK when it is first run. It needs Python 3.10 or newer, or Docker. It works in no AWS account. With `AWS_ENDPOINT_URL` it uses the emulator that runs there. Exit status 1 if a call does not arrive.',
  examples: ['demo'],
  words: [],
  alone: demo,
  run: demo,
};

/** Imports the local run here, because no other command needs it. */
async function demo(): Promise<Printed> {
  const { demonstrateOnce } = await import('../local/demonstrate-once.ts');
  process.exit(await demonstrateOnce());
}
