import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { setVariables } from './function-variables.ts';
import { forward, readAll } from './http-forward.ts';

/** Harm that is being done; how often so far. */
interface Harm {
  /** Functions that died, by their names. */
  readonly deaths: string[];
  refused: number;
  lostAnswers: number;
  halfAccepted: number;
}

/**
 * Stands between the deployed functions and the emulator's tables and queue, and does harm: refuses requests, lets them
 * take effect but loses the answer, lets the queue take only a part of a batch. It also makes functions die: each process
 * of theirs lives for a second or two.
 */
export async function saboteur(endpoint: string) {
  const harm: Harm = { deaths: [], refused: 0, lostAnswers: 0, halfAccepted: 0 };
  const server = createServer(async (incoming, outgoing) => {
    const death = incoming.url?.match(/^\/died\/(.+)/)?.[1];
    if (death) {
      harm.deaths.push(death);
      return outgoing.end();
    }
    const body = await readAll(incoming);
    const chance = Math.random();
    const refuse = () => {
      harm.refused++;
      outgoing.writeHead(503, { 'content-type': 'application/x-amz-json-1.0' }).end('{"__type":"ServiceUnavailable"}');
    };
    if (chance < 0.1) return refuse();
    const sends = incoming.headers['x-amz-target'] === 'AmazonSQS.SendMessageBatch';
    const { taken, left } = sends && chance > 0.5 ? halve(body) : { taken: body, left: [] };
    const answer = await forward(endpoint, incoming, taken).catch(() => undefined);
    if (!answer) return refuse();
    if (chance < 0.2) {
      harm.lostAnswers++;
      return outgoing.destroy();
    }
    if (left.length > 0) harm.halfAccepted++;
    outgoing.writeHead(answer.status, answer.headers).end(left.length > 0 ? refusing(answer.body, left) : answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const undo: (() => Promise<unknown>)[] = [];
  return {
    harm,
    /** Has all requests of a function go through here, and lets its processes die. */
    async sabotage(name: string, timeoutSeconds?: number) {
      const variables = {
        AWS_ENDPOINT_URL_DYNAMODB: origin,
        AWS_ENDPOINT_URL_SQS: origin,
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(dying(`${origin}/died/${name}`))}`,
      };
      undo.push(await setVariables(name, variables, timeoutSeconds));
    },
    /** What a dead function had received comes back after this time, not after minutes. */
    async shortenVisibility(QueueUrl: string, seconds: number) {
      const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
      const AttributeNames = ['VisibilityTimeout' as const];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      undo.push(() => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes })));
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }));
    },
    /** Makes all as it was; the visibility last, for to change a function ends what it is doing. */
    async stop() {
      for (const back of undo.splice(0).reverse()) await back();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a process runs before anything else: it tells of its death, and dies as a crash does. */
const dying = (url: string) =>
  `const die=()=>process.kill(process.pid,'SIGKILL');setTimeout(()=>fetch('${url}').then(die,die),800+1500*Math.random())`;

/** Takes about half the entries out of a batch, though never all. */
function halve(body: Buffer): { taken: Buffer; left: string[] } {
  const batch: { Entries: { Id: string }[] } = JSON.parse(body.toString());
  const taken = batch.Entries.filter((_, i) => i === 0 || Math.random() < 0.5);
  const left = batch.Entries.filter((entry) => !taken.includes(entry)).map(({ Id }) => Id);
  return { taken: Buffer.from(JSON.stringify({ ...batch, Entries: taken })), left };
}

function refusing(body: Buffer, left: readonly string[]): string {
  const Failed = left.map((Id) => ({ Id, Code: 'InternalError', SenderFault: false }));
  return JSON.stringify({ ...JSON.parse(body.toString()), Failed });
}
