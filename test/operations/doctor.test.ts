import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureChecks, captureNotes } from '../../functions/operations/doctor/capture-checks.ts';
import type { CapturePath } from '../../functions/operations/doctor/capture-path.ts';
import { examine } from '../../functions/operations/doctor/check.ts';
import { type DoctorAws, Inspector } from '../../functions/operations/doctor/inspector.ts';
import { versionChecks } from '../../functions/operations/doctor/url-checks.ts';

const stream = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Cases/stream/now';

const well: CapturePath = {
  where: 'case, table Cases',
  entity: 'case',
  stage: 'main',
  name: 'Cases',
  made: false,
  rules: { names: { CaseID: 'number' } },
  table: {
    TableStatus: 'ACTIVE',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    LatestStreamArn: stream,
    KeySchema: [
      { AttributeName: 'AccountID', KeyType: 'HASH' },
      { AttributeName: 'number', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'AccountID', AttributeType: 'S' },
      { AttributeName: 'number', AttributeType: 'N' },
    ],
  },
  attributes: new Set(['AccountID', 'number', 'note']),
  mapping: { UUID: 'u', State: 'Enabled', EventSourceArn: stream, LastProcessingResult: 'OK' },
  readers: 2,
  denied: [],
};

const { table, mapping } = well;
const images = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } as const;

const cases: [title: string, way: Partial<CapturePath>, what: RegExp, fix: RegExp][] = [
  ['an attached table is gone', { table: null }, /not there/, /^restore it .* set tables\.case\.stream/],
  ['a table of its own is gone', { table: null, made: true }, /not there/, /^restore it .*--revert-drift$/],
  [
    'a key is out of reach',
    { table: { ...table, TableStatus: 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' } },
    /is INACCESSIBLE_ENCRYPTION_CREDENTIALS/,
    /its key/,
  ],
  [
    'a stream is off',
    { table: { ...table, StreamSpecification: undefined } },
    /stream is off/,
    /^aws dynamodb update-/,
  ],
  [
    'the stream of a table of its own is off',
    { table: { ...table, StreamSpecification: undefined }, made: true },
    /stream is off/,
    /^npx cdk deploy CrmTriggers --revert-drift$/,
  ],
  [
    'edits are ignored by a stream without the row before',
    { table: { ...table, StreamSpecification: images }, rules: { ...well.rules, ignore: ['t'] } },
    /has NEW_IMAGE: only by NEW_AND_OLD_IMAGES ignored attributes/,
    /NEW_AND_OLD_IMAGES/,
  ],
  [
    'an id is no key of a stream that tells keys alone',
    { rules: { names: { CaseID: 'note' } } },
    /note, which is no key, is reported/,
    /NEW_AND_OLD_IMAGES/,
  ],
  [
    'an id is binary',
    { table: { ...table, AttributeDefinitions: [{ AttributeName: 'number', AttributeType: 'B' }] } },
    /number is binary/,
    /tables\.case\.names/,
  ],
  [
    'the last batch failed',
    { mapping: { ...mapping, LastProcessingResult: 'PROBLEM: Function call failed' } },
    /not taken \(PROBLEM: Function call failed\)/,
    /log/,
  ],
  ['three functions read one stream', { readers: 3 }, /3 functions read/, /list-event-source-mappings/],
  [
    "the table's key may not be used",
    { denied: ['kms:Decrypt on arn:aws:kms:key'] },
    /may not kms:Decrypt/,
    /^set tables\.case\.key in cdk\.json/,
  ],
];

test('a healthy capture path has no finding, nor has one that could not be inspected', () => {
  const unknown = { table: undefined, mapping: undefined, attributes: new Set<string>() };
  assert.deepEqual(examine([well, { ...well, ...unknown }], captureChecks), []);
});

for (const [title, overrides, what, fix] of cases)
  test(`${title}: this is found, and nothing else, with its fix`, () => {
    const [finding, ...more] = examine([{ ...well, ...overrides }], captureChecks);
    assert.deepEqual(more, []);
    assert.equal(finding?.where, 'case, table Cases');
    assert.match(finding?.what ?? '', what);
    assert.match(finding?.fix ?? '', fix);
  });

test('notes of a global table that removals by time to live in other regions call delete, and of no other table', () => {
  assert.deepEqual(captureNotes(well), []);
  assert.deepEqual(captureNotes({ ...well, table: undefined }), []);
  const Replicas = [{ RegionName: 'eu-west-1' }, { RegionName: 'us-east-1' }];
  const replicated = { ...well, table: { ...table, Replicas } };
  assert.deepEqual(captureNotes(replicated), [
    'case, table Cases: it is a global table (eu-west-1, us-east-1). A row that time to live removes in another region arrives without its mark and calls case.delete.',
  ]);
  assert.deepEqual(examine([replicated], captureChecks), []);
});

test('a command line of another version than the stack reports this', () => {
  const [finding] = examine([{ where: 'the stack', stage: 'main', deployed: '0.0.0' }], versionChecks);
  assert.match(finding?.what ?? '', /^it is of version 0\.0\.0, and this command line of \d/);
  assert.match(finding?.fix ?? '', /^npx cdk deploy CrmTriggers/);
});

/** An IAM with canned responses. */
const looking = (response: () => object) =>
  new Inspector({ iam: { send: async () => response() } } as unknown as DoctorAws);

test('missing permissions are reported in one text; without permission to simulate them, the check is listed as not made', async () => {
  const decisions = { 'dynamodb:GetRecords': 'implicitDeny', 'dynamodb:DescribeStream': 'allowed' };
  const results = Object.entries(decisions).map(([EvalActionName, EvalDecision]) => ({ EvalActionName, EvalDecision }));
  const look = looking(() => ({ EvaluationResults: results }));
  assert.deepEqual(await look.denied('role', Object.keys(decisions), stream), [`dynamodb:GetRecords on ${stream}`]);
  const rejected = looking(() => {
    throw Object.assign(new Error('not authorized to simulate'), { name: 'AccessDenied' });
  });
  assert.deepEqual(await rejected.denied('role', ['dynamodb:GetRecords'], stream), []);
  assert.deepEqual(rejected.inconclusive, [
    { where: 'what role may do', because: 'AWS rejects: not authorized to simulate' },
  ]);
});
