import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Call, type Mode, type Requested, respond } from './receiver-core.ts';
import type { Receiver } from './world.ts';

/** The receiver as a server on 127.0.0.1, for emulators. It records calls in memory instead of a table. */
export async function localReceiver(): Promise<Receiver & { stop(): Promise<void> }> {
  const calls = new Map<string, Call[]>();
  const modes = new Map<string, Mode>();
  const counts = new Map<string, number>();
  const store = {
    mode: async (lane: string) => modes.get(lane) ?? '200',
    async count(lane: string, second: number) {
      const count = (counts.get(`${lane} ${second}`) ?? 0) + 1;
      counts.set(`${lane} ${second}`, count);
      return count;
    },
    async record(call: Call) {
      calls.set(call.lane, [...(calls.get(call.lane) ?? []), call]);
    },
  };
  const server = createServer(async ({ url = '', headers }, response) => {
    const [rawPath = '', rawQueryString = ''] = url.split('?', 2);
    const request = { rawPath, rawQueryString, headers } as Requested;
    const { statusCode, headers: sent, body } = await respond(request, store);
    response.writeHead(statusCode, sent).end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async setMode(lane, mode) {
      modes.set(lane, mode);
    },
    calls: async (lane) => calls.get(lane) ?? [],
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
