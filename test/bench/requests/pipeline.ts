import type { Socket } from 'node:net';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { deployed } from '../../../cli/cost/deployed.ts';
import type { Measured, Stage } from '../../../cli/cost/measured.ts';
import { capital } from '../../../functions/core/capital.ts';
import { type Entity, type Trigger, triggers } from '../../../functions/core/entity.ts';
import { ensureSecret } from '../../../functions/operations/signing-secrets.ts';
import { deployedStack } from '../../support/emulator.ts';
import { setVariables } from '../../support/function-variables.ts';
import { receiver } from '../../support/receiver.ts';
import { handlers } from '../start/bundles.ts';
import type { Records } from './changes.ts';
import { countingProxy } from './counting-proxy.ts';
import { host, type Run } from './hosted.ts';
import { Ledger } from './ledger.ts';
import { Tally } from './tally.ts';

/** The response time of the receiver. It is long enough that the parallel calls of a batch overlap. */
const ANSWER_MS = 10;

/**
 * The tables and the queue of the deployed stack, with its functions in processes of their own. They are invoked as Lambda
 * does: with as many messages as the batch size allows and the queue has.
 */
export async function startPipeline() {
  const given = process.env.AWS_ENDPOINT_URL;
  const stack = await deployedStack();
  const { captureBatch, deliverBatch } = deployed();
  const tables = Object.entries(stack.outputs).flatMap(([output, name]) => {
    const [, table] = /^(?!Exports)(\w+)Table$/.exec(output) ?? [];
    return table ? [[name, table] as const] : [];
  });
  const names = new Map(tables);
  let ledger = new Ledger((table) => names.get(table) ?? table);
  let tally = new Tally();
  const proxy = await countingProxy(stack.endpoint, (exchange) => ledger.note(exchange));
  const bundles = await handlers();
  let isDead = false;
  let responseMs = ANSWER_MS;
  let aheadMs = 0;
  const sockets = new Set<Socket>();
  const spans: { from: number; to: number }[] = [];
  const called = await receiver((_, response, socket) => {
    if (isDead) return socket.resetAndDestroy();
    sockets.add(socket);
    const from = performance.now();
    setTimeout(() => {
      spans.push({ from, to: performance.now() });
      response.end('ok');
    }, responseMs);
  });
  const bytesCalled = () => [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  for (const trigger of triggers) {
    await ensureSecret(stack.deps, trigger);
    await stack.deps.triggersTable.writeUrl(trigger, called.origin, Date.now());
  }

  const lambda = new LambdaClient();
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand());
  const nameOf = (part: string) => Functions.find((f) => f.FunctionName?.includes(part))?.FunctionName ?? '';
  const hosts = new Map<string, Awaited<ReturnType<typeof host>>>();
  const hosted = async (part: string, stage: Stage) => {
    const there = hosts.get(part);
    if (there) return there;
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: nameOf(part) }));
    const made = await host(bundles.path(stage), { ...Environment?.Variables, AWS_ENDPOINT_URL: proxy.origin });
    hosts.set(part, made);
    return made;
  };
  const run = async (part: string, stage: Stage, event: unknown): Promise<Run> => {
    const to = await hosted(part, stage);
    ledger.exchanges.length = 0;
    spans.length = 0;
    const done = await to.invoke(event, aheadMs);
    tally.note(stage, done, ledger.exchanges, spans);
    return done;
  };

  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const QueueUrl = stack.outputs.DeliveryQueueUrl;
  const pipeline = {
    ...stack,
    proxy,
    nameOf,
    calls: called.calls,
    captureBatch,
    setDead(dead: boolean): void {
      isDead = dead;
    },
    respondIn(milliseconds: number): void {
      responseMs = milliseconds;
    },
    /** Moves the functions' clocks forward. */
    pass(milliseconds: number): void {
      aheadMs += milliseconds;
    },
    /** The requests of the latest measurement. */
    exchanges: () => ledger.exchanges,
    /** The number of CloudWatch metrics in the log lines of the latest measurement. */
    usedMetrics: () => tally.metrics.size,

    /** From now on the functions run only here. */
    async takeOver(): Promise<void> {
      const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand());
      for (const { UUID } of EventSourceMappings)
        await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
      // The scheduled runs of the emulator must not change anything.
      await hosted('Drain', 'drain');
      await setVariables(nameOf('Drain'), { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    },

    /** Measures the requests of an action as one situation. */
    async measure(work: () => Promise<number>): Promise<Measured> {
      const before = bytesCalled();
      ledger = new Ledger((table) => names.get(table) ?? table);
      tally = new Tally();
      const notifications = await work();
      return {
        notifications,
        runs: tally.runs,
        requests: ledger.requests,
        writeUnits: ledger.writeUnits,
        readUnits: ledger.readUnits,
        byteMonths: ledger.byteMonths(Date.now() / 1000),
        bytesCalled: bytesCalled() - before,
      };
    },

    async capture(entity: Entity, records: Records): Promise<void> {
      const part = `Capture${capital(entity)}`;
      for (let i = 0; i < records.length; i += captureBatch)
        await run(part, 'capture', { Records: records.slice(i, i + captureBatch) });
    },

    /** Processes the visible messages of the queue. @returns The number of batches. */
    async deliver(): Promise<number> {
      for (let batches = 0; ; batches++) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: deliverBatch,
            MessageSystemAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) return batches;
        ledger.count('SQS ReceiveMessage');
        const event = Messages.map((m) => ({
          messageId: m.MessageId,
          receiptHandle: m.ReceiptHandle,
          body: m.Body,
          attributes: ahead(m.Attributes, aheadMs),
        }));
        const { result } = await run('Deliver', 'deliver', { Records: event });
        const kept = new Set(result.batchItemFailures.map((f: { itemIdentifier: string }) => f.itemIdentifier));
        const done = Messages.filter(({ MessageId }) => !kept.has(MessageId));
        if (done.length === 0) continue;
        const Entries = done.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
        ledger.count('SQS DeleteMessageBatch');
      }
    },

    async drain(): Promise<void> {
      await run('Drain', 'drain', {});
    },

    async state(trigger: Trigger): Promise<string | undefined> {
      return (await stack.deps.triggersTable.read([trigger])).get(trigger)?.state;
    },

    async [Symbol.asyncDispose]() {
      for (const one of hosts.values()) await one[Symbol.asyncDispose]();
      await bundles[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await called[Symbol.asyncDispose]();
      await stack.stop();
      // The next section starts its own emulator.
      if (given === undefined) delete process.env.AWS_ENDPOINT_URL;
    },
  };
  return pipeline;
}

/**
 * Converts the times of a message to the functions' clock. Otherwise the lead of their clock would count as the age of the
 * message.
 */
function ahead(attributes: Readonly<Record<string, string>> = {}, aheadMs: number): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      name.endsWith('Timestamp') ? String(Number(value) + aheadMs) : value,
    ]),
  );
}

export type Pipeline = Awaited<ReturnType<typeof startPipeline>>;
