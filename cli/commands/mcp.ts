import type { OperationDeps } from '../../functions/operations/deployment.ts';
import type { Command, Commands, Printed } from '../command.ts';

export const mcpCommand: Command = {
  summary: 'Serve the commands as tools of the Model Context Protocol, on standard input and output',
  details:
    'Without `--allow-writes` only tools that read are offered. A tool that writes asks for a confirmation through the client. If the client cannot ask, the first call returns a preview, and a second call with `confirm: true` does it. No tool returns secrets, values of headers or credentials in URLs.',
  examples: ['mcp', 'mcp --allow-writes'],
  words: [],
  options: ['allow-writes'],
  async run(deps, _, { 'allow-writes': allowWrites = false }, all = {}) {
    return { json: undefined, text: '', more: served(deps, all, allowWrites) };
  },
};

/** Imports the SDK here, because no other command needs it. It prints nothing: standard output belongs to the protocol. */
async function* served(deps: OperationDeps, all: Commands, allowWrites: boolean): AsyncGenerator<Printed> {
  const { serveStdio } = await import('../mcp/server.ts');
  await serveStdio(deps, all, allowWrites);
  yield* [];
}
