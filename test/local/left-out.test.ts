import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftOut } from '../../cli/local/left-out.ts';
import { receiver } from '../support/receiver.ts';

const resource = (type: string, reason = '') =>
  `<member><ResourceType>${type}</ResourceType><ResourceStatusReason>${reason}</ResourceStatusReason></member>`;
const fallback = 'Resource type is not supported but was deployed as a fallback';
const stack = [
  resource('AWS::SQS::Queue'),
  resource('AWS::CloudWatch::Dashboard', fallback),
  resource('AWS::ApiGatewayV2::Route', fallback),
  resource('AWS::ApiGatewayV2::Route', fallback),
].join('');

/** A fake emulator with this stack. */
const emulator = (isLocalStack: boolean) =>
  receiver(({ target }, response) => {
    if (target.startsWith('/_localstack/info')) return response.writeHead(isLocalStack ? 200 : 404).end();
    const result = `<DescribeStackResourcesResult><StackResources>${stack}</StackResources></DescribeStackResourcesResult>`;
    response.end(`<DescribeStackResourcesResponse>${result}</DescribeStackResourcesResponse>`);
  });

for (const isLocalStack of [true, false])
  test(`reports what ${isLocalStack ? 'LocalStack' : 'another emulator'} leaves out of a stack, one line each`, async () => {
    await using server = await emulator(isLocalStack);
    const env = { AWS_ENDPOINT_URL: server.origin, AWS_REGION: 'us-east-1' };
    Object.assign(process.env, env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
    const lines = await leftOut(server.origin);
    assert.deepEqual(lines.slice(0, 2), ['AWS::ApiGatewayV2::Route', 'AWS::CloudWatch::Dashboard']);
    assert.equal(
      lines.some((line) => line.startsWith("drain's schedule")),
      isLocalStack,
    );
  });
