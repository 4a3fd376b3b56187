import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notification } from '../support/records.ts';
import { SqsInMemory } from '../support/sqs-in-memory.ts';
import { servedApi } from './served-api.ts';

test('returns pending notifications per trigger and the number of queued messages; null if SQS returns none', async () => {
  const sqs = new SqsInMemory();
  sqs.add('queue', 'group', 'never received');
  await using api = await servedApi({ sqs: sqs.client(), queueUrl: 'queue' });
  const waiting = { attempts: 1, firstAttempt: 1, response: 'HTTP 500', nextTry: 1, behind: { 'task.edit': 5 } };
  await api.backlog.hold({ ...waiting, notification: notification({ trigger: 'task.edit' }) }, Date.now());
  const { json } = await api.request('GET', '/triggers');
  assert.equal(json.queued, 1);
  const status = json.triggers.find(({ trigger }: { trigger: string }) => trigger === 'task.edit');
  assert.partialDeepStrictEqual(status, { waiting: 6, waitingForRetry: 1, behind: 5, inBacklog: 0 });
  sqs.before = () => {
    throw new Error('AccessDenied');
  };
  assert.equal((await api.request('GET', '/triggers')).json.queued, null);
});
