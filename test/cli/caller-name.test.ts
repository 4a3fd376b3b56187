import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { callerName } from '../../cli/check-account.ts';

const given = process.env.AWS_ENDPOINT_URL;
afterEach(() => {
  if (given === undefined) delete process.env.AWS_ENDPOINT_URL;
  else process.env.AWS_ENDPOINT_URL = given;
});

const who = 'arn:aws:sts::123456789012:assumed-role/Operators/ada';
const find = async () => ({ account: '123456789012', who });

test('the history names the command line by the ARN of its credentials', async () => {
  delete process.env.AWS_ENDPOINT_URL;
  assert.equal(await callerName(find), who);
});

test('on an emulator the name is local, and no request is made', async () => {
  process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
  assert.equal(await callerName(() => assert.fail('a request')), 'local');
});
