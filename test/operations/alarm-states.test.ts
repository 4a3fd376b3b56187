import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Alarms } from '../../functions/adapters/alarms.ts';
import { alarmStates } from '../../functions/operations/alarm-states.ts';
import { onLoopback } from '../support/loopback.ts';

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };

/** CloudWatch and the parameter store, which respond with these statuses. */
async function aws(status = 200) {
  const requests: { target: string; authorization: string; input: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const target = String(request.headers['x-amz-target']);
    let body = '';
    for await (const chunk of request) body += chunk;
    requests.push({ target, authorization: String(request.headers.authorization), input: JSON.parse(body) });
    const MetricAlarms = [
      {
        AlarmName: 'CrmTriggers-MonitoringTriggerDown-1',
        StateValue: 'ALARM',
        StateUpdatedTimestamp: 1_795_416_200.5,
        AlarmDescription: 'Calls fail. What to do: docs/operations/alarms.md#trigger-down',
      },
      { AlarmName: 'b', StateValue: 'OK', StateUpdatedTimestamp: 1 },
    ];
    const isNames = /GetParametersByPath/.test(target);
    const json = isNames ? { Parameters: [{ Value: 'a,b' }, { Value: 'c' }] } : { MetricAlarms };
    response.writeHead(isNames ? 200 : status).end(JSON.stringify(json));
  });
  const served = await onLoopback(server);
  const client = new DynamoDBClient({ region: 'eu-west-1', credentials, maxAttempts: 1 });
  const alarms = new Alarms(
    '/crm-triggers/CrmTriggers/AlarmNames',
    { monitoring: served.origin, ssm: served.origin },
    client,
  );
  return {
    alarms,
    requests,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await served[Symbol.asyncDispose]();
    },
  };
}

test('asks CloudWatch for the states of the published names only, with signed requests', async () => {
  await using to = await aws();
  const [down, other] = await alarmStates(to);
  await alarmStates(to);
  assert.deepEqual(
    to.requests.map(({ target }) => target.split('.')[1]),
    ['GetParametersByPath', 'DescribeAlarms', 'DescribeAlarms'],
    'the names are read once',
  );
  assert.deepEqual(to.requests[1]?.input.AlarmNames, ['a', 'b', 'c']);
  assert.match(to.requests[1]?.authorization ?? '', /eu-west-1\/monitoring\/aws4_request/);
  assert.deepEqual(down, {
    name: 'CrmTriggers-MonitoringTriggerDown-1',
    state: 'ALARM',
    since: 1_795_416_200_500,
    heading: 'Trigger down',
    meaning: 'Calls fail.',
  });
  assert.deepEqual([other?.heading, other?.meaning], ['b', '']);
});

test('says how to fix it when CloudWatch does not return the states', async () => {
  await using to = await aws(403);
  await assert.rejects(alarmStates(to), {
    name: 'UserError',
    kind: 'unreachable',
    message: /^The states of the alarms cannot be read: .+HTTP 403\. To fix this, [^\n]+$/,
  });
});
