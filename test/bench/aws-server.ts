// AWS of the bench, a process of its own: DynamoDB and SQS as the SDK speaks to them. It is told which URL is typed.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { awsAnswers } from './aws-answers.ts';

let url = '';
const answers: Readonly<Record<string, (input: never) => unknown>> = awsAnswers(() => url);

const server = createServer(async (request, response) => {
  const [, command = ''] = `${request.headers['x-amz-target']}`.split('.');
  const input = JSON.parse(await text(request));
  const answer = answers[command];
  if (!answer) return response.writeHead(400).end(`{"__type":"The bench has no answer to ${command}"}`);
  response.end(JSON.stringify(answer(input as never)));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', (typed: string) => {
  url = typed;
  process.send?.('typed');
});
process.on('disconnect', () => process.exit());
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
