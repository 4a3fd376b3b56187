import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clear, set } from '../../functions/admin/operations.ts';
import { type Trigger, triggers } from '../../functions/core/entity.ts';
import { demonstration } from '../../infra/local/demonstration.ts';
import { deployedStack, until } from '../support/emulator.ts';
import { type Call, receiver } from '../support/receiver.ts';
import { streamRecord } from '../support/records.ts';

let stack: Awaited<ReturnType<typeof deployedStack>>;
let unique = 0;
const id = (prefix: string) => `${prefix}-${process.pid}-${Date.now().toString(36)}-${++unique}`;

before(async () => {
  stack = await deployedStack();
});
after(async () => {
  for (const trigger of triggers) await clear(stack.parts, trigger);
  await stack.stop();
});

/** Types one receiver for some triggers; it tells them apart by the path. */
async function type(origin: string, ...typed: Trigger[]) {
  for (const trigger of typed) await set(stack.parts, trigger, `${origin}/${trigger}`);
}

/** A typed or cleared URL takes effect within this time. */
const TAKES_EFFECT_MS = 5_500;

/** Long enough for a notification that should not be there to arrive. */
const SILENCE_MS = 4_000;

describe('the deployed stack', () => {
  test('all eleven triggers are called with their strings, and a followup edit calls nobody', async () => {
    await using server = await receiver();
    await type(server.origin, ...triggers);
    await sleep(TAKES_EFFECT_MS);
    const deeds = demonstration(id('demo'));
    for (const { action, entity, row } of deeds) await stack.agent.do(action, entity, row);
    const expected = deeds.flatMap(({ expected }) =>
      expected ? [`/${expected.trigger}${expected.formattedString}`] : [],
    );
    await until('eleven calls', () => server.calls.length >= 11);
    await sleep(SILENCE_MS);
    assert.deepEqual(server.calls.map(({ target }) => target).sort(), expected.sort());
    for (const { target, headers } of server.calls) {
      assert.equal(`/${headers['crm-trigger']}`, target.split('?')[0]);
      assert.match(headers['webhook-id'] as string, /^msg_[0-9a-f]{32}$/);
      assert.match(headers['crm-trigger-sequence'] as string, /^\d+$/);
    }
  });

  describe('side by side, each on triggers of its own', { concurrency: true }, () => {
    test('200 records created, edited and deleted arrive complete, and in order per record', {
      timeout: 400_000,
    }, async () => {
      await using server = await receiver();
      await type(server.origin, 'task.create', 'task.edit', 'task.delete');
      await sleep(TAKES_EFFECT_MS);
      const account = id('order');
      const rows = Array.from({ length: 200 }, (_, n) => ({ AccountID: account, TaskID: `t${n}` }));
      for (let from = 0; from < rows.length; from += 20)
        await Promise.all(
          rows.slice(from, from + 20).map(async (row) => {
            for (const action of ['create', 'edit', 'delete'] as const) await stack.agent.do(action, 'task', row);
          }),
        );
      await until(
        '600 calls',
        () => new Set(server.calls.map(({ headers }) => headers['webhook-id'])).size >= 600,
        300_000,
      );
      for (const { TaskID } of rows) {
        const ofRecord = server.calls.filter(({ target }) => target.endsWith(`?AccountID=${account}&TaskID=${TaskID}`));
        assert.deepEqual(
          ofRecord.map(({ headers }) => headers['crm-trigger']),
          ['task.create', 'task.edit', 'task.delete'],
          TaskID,
        );
        const sequences = ofRecord.map(({ headers }) => BigInt(headers['crm-trigger-sequence'] as string));
        assert.ok(sequences.every((sequence, i) => i === 0 || sequence > (sequences[i - 1] as bigint)));
      }
    });

    test('a receiver that fails twice gets just that notification again, and what is behind it after it', async () => {
      const account = id('held');
      let failures = 0;
      await using server = await receiver((call, response) => {
        const fails = call.target.includes('customer.create') && call.target.endsWith(account) && ++failures <= 2;
        response.writeHead(fails ? 500 : 200).end();
      });
      await type(server.origin, 'customer.create', 'customer.edit', 'customer.delete');
      await sleep(TAKES_EFFECT_MS);
      for (const action of ['create', 'edit', 'delete'] as const)
        await stack.agent.do(action, 'customer', { AccountID: account });
      const other = id('other');
      await stack.agent.do('create', 'customer', { AccountID: other });
      await until('the delete', () => server.calls.some(({ target }) => target.includes('customer.delete')), 150_000);
      const ofRecord = server.calls.filter(({ target }) => target.endsWith(`=${account}`));
      assert.deepEqual(
        ofRecord.map(({ headers }) => [headers['crm-trigger'], headers['crm-trigger-attempt']]),
        [
          ['customer.create', '1'],
          ['customer.create', '2'],
          ['customer.create', '3'],
          ['customer.edit', '1'],
          ['customer.delete', '1'],
        ],
      );
      assert.equal(new Set(ofRecord.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size, 1);
      const [first, second, third] = ofRecord.map(({ at }) => at) as [number, number, number];
      assert.ok(second - first >= 3_500 && third - second >= 23_500, `held ${second - first} ms, ${third - second} ms`);
      const [neighbour] = server.calls.filter(({ target }) => target.endsWith(`=${other}`));
      assert.ok(neighbour && neighbour.at < third, 'another record does not wait');
    });

    test('a URL changed while a notification is held is the URL called', async () => {
      await using wrong = await receiver((_, response) => response.writeHead(404).end());
      await using right = await receiver();
      await type(wrong.origin, 'case.create');
      await sleep(TAKES_EFFECT_MS);
      const row = { AccountID: id('moved'), CaseID: 'c' };
      await stack.agent.do('create', 'case', row);
      // Other tests create cases too.
      const target = `/case.create?AccountID=${row.AccountID}&CaseID=c`;
      const of = ({ calls }: { calls: readonly Call[] }) => calls.filter((call) => call.target === target);
      await until('the first attempt', () => of(wrong).length === 1);
      await type(right.origin, 'case.create');
      await until('the second attempt', () => of(right).length === 1);
      assert.equal(of(right)[0]?.headers['crm-trigger-attempt'], '2');
      assert.equal(of(right)[0]?.headers['webhook-id'], of(wrong)[0]?.headers['webhook-id']);
      assert.equal(of(wrong).length, 1);
    });

    test('records without a usable id end in the dead-letter queue with their reason, and hold up nothing', async () => {
      await using server = await receiver();
      await type(server.origin, 'followup.create');
      await sleep(TAKES_EFFECT_MS);
      const dynamodb = new DynamoDBClient();
      const put = (FollowupID: string, account: object) =>
        dynamodb.send(
          new PutItemCommand({
            TableName: stack.outputs.FollowupTable,
            Item: { CaseID: { S: 'c' }, FollowupID: { S: FollowupID }, ...account } as never,
          }),
        );
      const run = id('bad');
      await put(`${run}-1`, {});
      await put(`${run}-2`, { AccountID: { S: '' } });
      await put(`${run}-3`, { AccountID: { L: [{ S: 'a' }] } });
      await put(`${run}-4`, { AccountID: { B: Buffer.from('a') } });
      await put(`${run}-5`, { AccountID: { N: '12.50' } });
      await until('the good record behind them', () => server.calls.length === 1);
      assert.equal(server.calls[0]?.target, `/followup.create?AccountID=12.5&CaseID=c&FollowupID=${run}-5`);
      const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
      const reasons = new Map<string, string>();
      await until('four dead letters', async () => {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: stack.outputs.DeadLetterQueueUrl,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ['reason'],
          }),
        );
        for (const { Body = '', MessageAttributes, ReceiptHandle } of Messages) {
          const key = JSON.parse(Body).keys?.FollowupID.S ?? '';
          if (key.startsWith(run)) reasons.set(key.slice(-1), MessageAttributes?.reason?.StringValue ?? '');
          await sqs.send(new DeleteMessageCommand({ QueueUrl: stack.outputs.DeadLetterQueueUrl, ReceiptHandle }));
        }
        return reasons.size === 4;
      });
      assert.deepEqual(Object.fromEntries(reasons), {
        1: 'AccountID is missing',
        2: 'AccountID is empty',
        3: 'AccountID is a list; an id is a string or a number',
        4: 'AccountID is binary; an id is a string or a number',
      });
    });

    test('an edit that changes nothing, and a row that expires, call nobody', { timeout: 200_000 }, async () => {
      await using server = await receiver();
      await type(server.origin, 'case.edit', 'case.delete');
      await sleep(TAKES_EFFECT_MS);
      const dynamodb = new DynamoDBClient();
      const TableName = stack.outputs.CaseTable;
      const AttributeName = 'expiresAt';
      await dynamodb
        .send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName, Enabled: true } }))
        .catch((error) => assert.match(error.message, /already enabled/i));
      const expiring = { AccountID: { S: id('expiring') }, CaseID: { S: 'c' } };
      const past = String(Math.floor(Date.now() / 1000) - 3600);
      await dynamodb.send(new PutItemCommand({ TableName, Item: { ...expiring, expiresAt: { N: past } } }));

      const Item = { AccountID: { S: id('same') }, CaseID: { S: 'c' }, Subject: { S: 'the same' } };
      await dynamodb.send(new PutItemCommand({ TableName, Item }));
      await dynamodb.send(new PutItemCommand({ TableName, Item }));

      // What an emulator cannot do by itself is handed to the deployed function: the record of an expiry, as AWS makes it.
      const lambda = new LambdaClient();
      const { Functions = [] } = await lambda.send(new ListFunctionsCommand());
      const FunctionName = Functions.find((f) => f.FunctionName?.includes('CaptureCase'))?.FunctionName;
      const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
      const [byService, byAgent] = [id('by-service'), id('by-agent')];
      const Records = [
        streamRecord('case', 'REMOVE', { AccountID: byService, CaseID: 'c' }, { userIdentity, eventID: byService }),
        streamRecord('case', 'REMOVE', { AccountID: byAgent, CaseID: 'c' }, { eventID: byAgent }),
      ];
      const { FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify({ Records }) }),
      );
      assert.equal(FunctionError, undefined);
      await until('the delete that an agent did', () => server.calls.length >= 1);

      const gone = until(
        'the expired row is gone',
        async () => !(await dynamodb.send(new GetItemCommand({ TableName, Key: expiring, ConsistentRead: true }))).Item,
        75_000,
      );
      await gone.catch(() => {}); // Not every emulator removes expired rows.
      await sleep(SILENCE_MS);
      assert.deepEqual(
        server.calls.map(({ target }) => target),
        [`/case.delete?AccountID=${byAgent}&CaseID=c`],
      );
    });
  });

  test('with no URL typed nobody is called, and nothing is kept', async () => {
    await using server = await receiver();
    await type(server.origin, 'customer.create');
    await clear(stack.parts, 'customer.create');
    await sleep(TAKES_EFFECT_MS);
    await stack.agent.do('create', 'customer', { AccountID: id('nobody') });
    await sleep(SILENCE_MS);
    assert.equal(server.calls.length, 0);
    const { Count } = await new DynamoDBClient().send(
      new ScanCommand({ TableName: stack.outputs.BacklogTable, FilterExpression: 'attribute_exists(attempts)' }),
    );
    assert.equal(Count, 0, 'no notification is held any more');
  });

  describe('the command line', () => {
    const cli = (...words: string[]) =>
      new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
        const file = new URL('../../functions/admin/cli.ts', import.meta.url).pathname;
        execFile(process.execPath, [file, ...words], (error, stdout, stderr) =>
          resolve({ status: (error?.code as number | undefined) ?? 0, stdout, stderr }),
        );
      });

    test('set, list and clear type and show the URLs', async () => {
      const typed = await cli('set', 'task.edit', 'https://MÜLLER.example/x?y#z');
      assert.match(
        typed.stdout,
        /^task\.edit calls https:\/\/xn--mller-kva\.example\/x\?y#z \(what you typed, normalised\)\n$/,
      );
      const listed = await cli('list', '--json');
      const lines = JSON.parse(listed.stdout) as { trigger: string; url: string | null }[];
      assert.deepEqual(
        lines.map(({ trigger }) => trigger),
        triggers,
      );
      assert.equal(lines.find(({ trigger }) => trigger === 'task.edit')?.url, 'https://xn--mller-kva.example/x?y#z');
      assert.equal((await cli('clear', 'task.edit')).status, 0);
      assert.match((await cli('list')).stdout, /^task\.edit +-$/m);
    });

    test('a URL that cannot be called is refused in one line', async () => {
      const { status, stdout, stderr } = await cli('set', 'task.edit', 'example.com');
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr, /^The URL for task\.edit does not begin with http:\/\/ or https:\/\/: .+\n$/);
    });

    test('test goes through the real queue and function, and says what the receiver answered', async () => {
      let status = 200;
      await using server = await receiver((_, response) => response.writeHead(status).end('got \u001b[31mit'));
      await type(server.origin, 'followup.delete');
      const good = await cli('test', 'followup.delete', '--json');
      assert.equal(good.status, 0, good.stderr);
      assert.partialDeepStrictEqual(JSON.parse(good.stdout), { delivered: true, answer: 'HTTP 200' });
      assert.equal(server.calls[0]?.headers['crm-trigger-test'], 'true');
      assert.match(
        server.calls[0]?.target ?? '',
        /^\/followup\.delete\?AccountID=[^&]+&CaseID=[^&]+&FollowupID=[^&]+$/,
      );
      status = 418;
      const bad = await cli('test', 'followup.delete');
      assert.equal(bad.status, 1);
      assert.match(bad.stdout, /not delivered, HTTP 418 after \d+ ms\ngot \ufffd\[31mit\n$/);
      assert.equal(server.calls.length, 2, 'a test is not tried again');
    });

    test('a test of a trigger without a URL is refused', async () => {
      await clear(stack.parts, 'case.delete');
      const { status, stderr } = await cli('test', 'case.delete');
      assert.equal(status, 1);
      assert.match(stderr, /^No URL is typed for case\.delete: type one with set case\.delete URL\.\n$/);
    });

    test('what export prints, import restores; a file with anything wrong changes nothing', async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-test-'));
      t.after(() => rm(folder, { recursive: true }));
      const file = join(folder, 'urls.json');
      for (const trigger of triggers) await clear(stack.parts, trigger);
      await set(stack.parts, 'customer.edit', 'https://one.example/');
      const exported = (await cli('export')).stdout;
      assert.deepEqual(Object.keys(JSON.parse(exported)), triggers);
      await writeFile(file, exported);

      await set(stack.parts, 'customer.edit', 'https://two.example/');
      await set(stack.parts, 'task.create', 'https://three.example/');
      const imported = await cli('import', file, '--json');
      assert.deepEqual(JSON.parse(imported.stdout), [
        { trigger: 'customer.edit', was: 'https://two.example/', is: 'https://one.example/' },
        { trigger: 'task.create', was: 'https://three.example/', is: null },
      ]);
      assert.equal((await cli('export')).stdout, exported);
      assert.match((await cli('import', file)).stdout, /^Nothing to change/);

      await writeFile(file, JSON.stringify({ 'task.edit': 'https://x/', 'task.undo': 'https://x/', 'case.edit': 7 }));
      const refused = await cli('import', file);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /^There is no trigger "task\.undo": .+\nThe URL for case\.edit is not text: .+\n$/);
      assert.equal((await cli('export')).stdout, exported);
      assert.match((await cli('import', join(folder, 'none.json'))).stderr, /^Cannot read .+: ENOENT\.\n$/);
    });
  });
});
