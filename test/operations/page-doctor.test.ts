import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageDoctor } from '../../functions/operations/page-doctor.ts';
import { adminWorld, DEAD_LETTERS } from '../support/admin-world.ts';

const healthy = { FifoQueue: 'true', VisibilityTimeout: '1080', RedrivePolicy: 'arn:dead', QueueArn: 'arn:dead' };

/** A client of SQS whose queues have these attributes. */
const queues = (more: object = {}) => ({ send: async () => ({ Attributes: { ...healthy, ...more } }) });

test('finds a stream that is off, and names both fixes, because it does not know who created the table', async () => {
  const { deps } = adminWorld({ sqs: queues() });
  const { findings } = await pageDoctor(deps);
  const customers = findings.filter(({ where }) => where === 'customer, table Customers');
  assert.equal(customers.length, 1);
  assert.match(customers[0]?.what ?? '', /its stream is off/);
  assert.match(customers[0]?.fix ?? '', /^if the stack created the table, npx cdk deploy .+; otherwise aws dynamodb /);
});

test('its fixes name the page where an admin can fix a problem', async () => {
  const { deps, triggersTable } = adminWorld({ sqs: queues({ ApproximateNumberOfMessages: '3' }) });
  await triggersTable.writeUrl('case.edit', 'http://10.0.0.1/', 0);
  const fixes = (await pageDoctor(deps)).findings.map(({ where, fix }) => `${where}: ${fix}`).join('\n');
  assert.match(fixes, /the delivery queue: see why under Dead letters, and send them back/);
  assert.match(fixes, /case\.edit: set another URL for case\.edit on the tab Triggers/);
  assert.doesNotMatch(fixes, /crm-triggers (set|dead-letters)/);
});

test('a check that is not possible is reported, and does not stop the others', async () => {
  const sqs = {
    async send({ input }: { input: { QueueUrl: string } }) {
      if (input.QueueUrl === DEAD_LETTERS) throw Object.assign(new Error('no'), { name: 'AccessDenied' });
      return { Attributes: { ...healthy, FifoQueue: undefined } };
    },
  };
  const { deps } = adminWorld({ sqs });
  const { findings, inconclusive, checked, skipped } = await pageDoctor(deps);
  assert.deepEqual(inconclusive, [{ where: 'the dead-letter queue', because: 'AWS rejects: no' }]);
  assert.ok(findings.some(({ what }) => /not FIFO/.test(what)));
  assert.ok(checked.length > 0 && skipped.length > 0, 'it says what it checks, and what only the command line checks');
});
