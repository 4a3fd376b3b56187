import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Trigger, triggers } from '../../functions/core/entity.ts';
import type { Metric } from '../../functions/core/metrics.ts';
import { set } from '../../functions/operations/set-url.ts';
import { cli } from '../support/cli.ts';
import { deployedStack, takeEffect, until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';
import { type Heading, watchedStack } from '../support/watched-stack.ts';

/**
 * Whether alarms are checked. MiniStack evaluates an alarm when it receives a value. LocalStack evaluates it at the end of its period,
 * which is too late for these tests. On LocalStack they check only the faults, the metrics of the functions and the runbook.
 */
const checks = process.env.AWS_ENDPOINT_URL === undefined;

const usedTriggers = ['customer.create', 'case.create', 'followup.create', 'task.create'] as const;

/** The stack of the tests. */
export let stack: Awaited<ReturnType<typeof deployedStack>>;
export let watched: Awaited<ReturnType<typeof watchedStack>>;
/** The receiver of all triggers but case.create. */
export let server: Awaited<ReturnType<typeof receiver>>;

before(async () => {
  stack = await deployedStack();
  watched = await watchedStack();
  server = await receiver();
  await takeEffect(stack, ...usedTriggers);
  for (const trigger of usedTriggers) await set(stack.deps, trigger, `${server.origin}/${trigger}`);
  await set(stack.deps, 'case.create', 'http://127.0.0.1:1025/dead');
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
  await stack?.end(...triggers);
});

/** Waits for a call whose target contains the text. */
export const arrived = (text: string) =>
  until(`${text} arrives`, () => server.calls.find(({ target }) => target.includes(text)));

/** Puts values of a trigger into CloudWatch, and checks by the alarm's row that they are bad and those of another trigger are not. */
export async function isReported(heading: Heading, metric: Metric, trigger: Trigger, values: readonly number[]) {
  if (!checks) return;
  await watched.put(watched.series(metric, trigger), values);
  assert.equal(await watched.isBad(heading, watched.series(metric, trigger)), true);
  assert.equal(await watched.isBad(heading, watched.series(metric, 'customer.create')), false);
}

/** Waits until Lambda's metric of drain is bad and its alarm has gone off. */
export async function lambdaMetricGoesOff(heading: Heading) {
  if (!checks) return;
  await until(`${heading} is measured`, async () => watched.isBad(heading, await watched.alarm(heading, 'Drain')));
  await goesOff(heading, 0, 'Drain');
}

/** Puts a value of an AWS metric into CloudWatch, and waits until its alarm has gone off. */
export async function goesOff(heading: Heading, value: number, of?: string) {
  if (!checks) return;
  await watched.put(await watched.alarm(heading, of), [value]);
  await until(`${heading} goes off`, async () => (await watched.alarm(heading, of)).StateValue === 'ALARM');
}

/** The number of messages in a queue. */
export async function messagesIn(QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const { Attributes } = await new SQSClient({ useQueueUrlAsEndpoint: false }).send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
}

/** Runs the command line, and returns its standard output. @throws When the exit status is not 0. */
export async function crm(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await cli(...args);
  assert.equal(status, 0, stderr);
  return stdout;
}
