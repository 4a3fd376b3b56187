import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { awsAnswers } from './aws-answers.ts';

/** DynamoDB and SQS over HTTP, as the SDK speaks to them. @param url What is typed for every trigger. */
export function awsListener(url: () => string): RequestListener {
  const answers: Readonly<Record<string, (input: never) => unknown>> = awsAnswers(url);
  return async (request, response) => {
    const [, command = ''] = `${request.headers['x-amz-target']}`.split('.');
    const input = JSON.parse(await text(request));
    const answer = answers[command];
    if (!answer) return response.writeHead(400).end(`{"__type":"There is no answer to ${command}"}`);
    response.end(JSON.stringify(answer(input as never)));
  };
}
