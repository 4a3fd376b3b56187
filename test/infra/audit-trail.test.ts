import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, main, type Properties } from '../support/template.ts';
import { templates } from '../support/variants.ts';

const [auditId = ''] = Object.keys(main.findResources('AWS::DynamoDB::GlobalTable')).filter((id) =>
  id.startsWith('TablesAudit'),
);

/** The DynamoDB actions of each policy statement whose resources include the audit table. */
function actionsOnAudit(template: Properties): string[] {
  const policies = Object.values(template.Resources as Properties).filter(({ Type }) =>
    /^AWS::IAM::(Managed)?Policy$/.test(Type),
  );
  return policies.flatMap(({ Properties }) =>
    (Properties.PolicyDocument.Statement as Properties[])
      .filter(({ Effect }) => Effect === 'Allow')
      .filter(
        ({ Resource }) => /TablesAudit|AuditTable/.test(JSON.stringify(Resource)) || [Resource].flat().includes('*'),
      )
      .flatMap(({ Action }) => [Action].flat())
      .filter((action) => action === '*' || action.startsWith('dynamodb:')),
  );
}

test('no role may change or delete an entry of the audit table: the console appends and reads', () => {
  assert.ok(auditId);
  const { CrmTriggers, CrmTriggersConsole } = templates({});
  const { CrmTriggers: withPolicies } = templates({ cliPolicies: true });
  assert.ok(CrmTriggers && CrmTriggersConsole && withPolicies);
  assert.deepEqual(
    actionsOnAudit(CrmTriggers).filter((action) => action !== 'dynamodb:ListStreams'),
    [],
    'no function of the core stack uses the audit table',
  );
  assert.deepEqual(actionsOnAudit(CrmTriggersConsole).sort(), ['dynamodb:PutItem', 'dynamodb:Query']);
  const ofUsers = actionsOnAudit(withPolicies).filter((action) => action !== 'dynamodb:ListStreams');
  assert.deepEqual([...new Set(ofUsers)].sort(), ['dynamodb:PutItem', 'dynamodb:Query'], 'users of the command line');
  assert.equal(ofUsers.length, 4, 'viewers and admins');
});

test('the audit table has point-in-time recovery, and expires entries after 365 days', () => {
  const [, table] = all('AWS::DynamoDB::GlobalTable').find(([id]) => id === auditId) ?? assert.fail();
  assert.equal(table.Replicas[0].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled, true);
  assert.deepEqual(table.TimeToLiveSpecification, { AttributeName: 'expiresAt', Enabled: true });
  assert.equal(table.StreamSpecification, undefined);
});
