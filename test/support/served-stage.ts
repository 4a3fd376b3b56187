import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { outputNames } from '../../functions/operations/deployment.ts';
import type { DynamoDBInMemory } from '../model/dynamodb.ts';
import { onLoopback } from './loopback.ts';
import { defaultRules } from './rules.ts';

/** The outputs of a stack whose tables have the names of the stores in memory. */
const outputs: Readonly<Record<string, string>> = {
  ...Object.fromEntries(outputNames.map((name) => [name, name])),
  TriggersTable: 'triggers',
  BacklogTable: 'backlog',
  AuditTable: 'audit',
  SecretsTable: 'secrets',
  DeliveryLogTable: 'log',
  DeliveryQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/queue.fifo',
  DestinationRules: JSON.stringify(defaultRules),
  RowRules: '{}',
};

/**
 * Serves a stage on 127.0.0.1 until it is disposed of, for a command in a process of its own. Its tables are those of a
 * DynamoDB in memory.
 */
export async function servedStage(db: DynamoDBInMemory) {
  const client = db.client();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const [service, name = ''] = `${request.headers['x-amz-target']}`.split('.');
    if (/Action=DescribeStacks/.test(body)) return response.setHeader('content-type', 'text/xml').end(stackXml());
    if (service === 'AmazonSQS') return response.end('{"Attributes":{"ApproximateNumberOfMessages":"12"}}');
    try {
      const command = { input: JSON.parse(body, binary), constructor: { name } };
      response.end(JSON.stringify(await client.send(command as never), base64));
    } catch (error) {
      const { name: __type, message } = error as Error;
      response.writeHead(400).end(JSON.stringify({ __type, message }));
    }
  });
  return onLoopback(server);
}

function stackXml(): string {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

/** Binary values are base64 in JSON. */
const binary = (key: string, value: unknown) =>
  key === 'B' && typeof value === 'string' ? Buffer.from(value, 'base64') : value;

function base64(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const given = this[key];
  return given instanceof Uint8Array ? Buffer.from(given).toString('base64') : value;
}
