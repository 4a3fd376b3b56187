import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { setVariables } from './function-variables.ts';
import { forward, readAll } from './http-forward.ts';
import { killIfAlive } from './processes.ts';

const SEND = 'AmazonSQS.SendMessageBatch';

/** The fault of the nth request of one kind by one function, from 1. It starts again after 20 requests. */
function harmTo(n: number): 'reject' | 'lose the response' | undefined {
  const turn = n % 20;
  if (turn === 3) return 'reject';
  if (turn === 6) return 'lose the response';
  // The SDK tries three times, so three rejections make the request fail.
  return turn >= 10 && turn <= 12 ? 'reject' : undefined;
}

/**
 * A proxy between deployed functions and the emulator's tables and queue. By a fixed script it rejects requests, loses
 * responses, and lets the queue accept only a part of a batch. It also kills functions when the caller says so.
 */
export async function saboteur(endpoint: string) {
  const harm = { rejected: 0, lostResponses: 0, halfAccepted: 0, kills: {} as Record<string, number> };
  /** The running processes of each function. Each keeps a response open until it ends. */
  const living = new Map<string, Map<number, ServerResponse>>();
  const killedAtRequest = new Set<string>();
  const undo: (() => Promise<unknown>)[] = [];

  /** Kills all processes of a function. @returns When they are dead. */
  async function kill(name: string): Promise<void> {
    harm.kills[name] = (harm.kills[name] ?? 0) + 1;
    await Promise.all(
      [...(living.get(name) ?? [])].map(async ([pid, life]) => {
        const dead = new Promise((resolve) => life.once('close', resolve));
        killIfAlive(pid);
        await dead;
      }),
    );
  }

  /** A server for the requests of one function. */
  async function between(name: string, killsAtSends: readonly number[]): Promise<string> {
    const processes = new Map<number, ServerResponse>();
    living.set(name, processes);
    const seen = new Map<string, number>();
    let halves = 0;
    const server = createServer(async (incoming, outgoing) => {
      const pid = Number(incoming.url?.match(/^\/living\/(\d+)$/)?.[1]);
      if (pid) {
        processes.set(pid, outgoing);
        outgoing.once('close', () => processes.delete(pid));
        return void outgoing.write('live');
      }
      const body = await readAll(incoming);
      const kind = String(incoming.headers['x-amz-target']);
      const n = (seen.get(kind) ?? 0) + 1;
      seen.set(kind, n);
      if (killedAtRequest.delete(name)) return kill(name);
      const done = harmTo(n);
      const reject = () => {
        harm.rejected++;
        outgoing.writeHead(503, { 'content-type': 'application/x-amz-json-1.0' });
        outgoing.end('{"__type":"ServiceUnavailable"}');
      };
      if (done === 'reject') return reject();
      const { taken, left } =
        kind === SEND && entriesOf(body).length > 1 && halves++ % 2 === 0 ? halve(body) : whole(body);
      const response = await forward(endpoint, incoming, taken).catch(() => undefined);
      if (!response) return void outgoing.destroy();
      if (left.length > 0) harm.halfAccepted++;
      if (kind === SEND && killsAtSends.includes(n)) return kill(name);
      if (done === 'lose the response') {
        harm.lostResponses++;
        return void outgoing.destroy();
      }
      outgoing
        .writeHead(response.status, response.headers)
        .end(left.length > 0 ? rejecting(response.body, left) : response.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  return {
    harm,
    kill,
    /** Kills a function as soon as it makes its next request, which does not take effect. */
    killAtRequest: (name: string) => void killedAtRequest.add(name),
    /** Sends all requests of a function through this proxy. Capture is killed when the queue has accepted its nth batch. */
    async sabotage(name: string, { timeoutSeconds, killsAtSends = [] as readonly number[] } = {} as Sabotage) {
      const origin = await between(name, killsAtSends);
      const variables = {
        AWS_ENDPOINT_URL_DYNAMODB: origin,
        AWS_ENDPOINT_URL_SQS: origin,
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(reporting(origin))}`,
      };
      undo.push(await setVariables(name, variables, timeoutSeconds));
    },
    /** Messages of a dead function return after this time instead of minutes. */
    async shortenVisibility(QueueUrl: string, seconds: number) {
      const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
      const AttributeNames = ['VisibilityTimeout' as const];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      undo.push(() => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes })));
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }));
    },
    /** Restores everything. The visibility timeout is last, because a change of a function ends its invocations. */
    async stop() {
      for (const back of undo.splice(0).reverse()) await back();
    },
  };
}

interface Sabotage {
  readonly timeoutSeconds?: number;
  readonly killsAtSends?: readonly number[];
}

/** The first code of a process. It opens a connection that reports its ID, and that closes when it ends. */
const reporting = (origin: string) => `
import { get } from 'node:http';
await new Promise((resolve) =>
  get('${origin}/living/' + process.pid, { agent: false }, (response) => {
    response.resume();
    response.socket.unref();
    response.on('error', () => {});
    resolve();
  }).on('error', resolve));`;

interface Batch {
  readonly Entries: readonly { readonly Id: string }[];
}

const entriesOf = (body: Buffer) => (JSON.parse(body.toString()) as Batch).Entries;
const whole = (body: Buffer) => ({ taken: body, left: [] as string[] });

/** Takes every second entry out of a batch. */
function halve(body: Buffer): { taken: Buffer; left: string[] } {
  const batch: Batch = JSON.parse(body.toString());
  const Entries = batch.Entries.filter((_, i) => i % 2 === 0);
  const left = batch.Entries.filter((_, i) => i % 2 === 1).map(({ Id }) => Id);
  return { taken: Buffer.from(JSON.stringify({ ...batch, Entries })), left };
}

function rejecting(body: Buffer, left: readonly string[]): string {
  const Failed = left.map((Id) => ({ Id, Code: 'InternalError', SenderFault: false }));
  return JSON.stringify({ ...JSON.parse(body.toString()), Failed });
}
