import { App, Stack } from 'aws-cdk-lib';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CrmTriggers } from 'crm-triggers';

const app = new App();
const stack = new Stack(app, 'CrmTriggers');

/** An existing table, by the ARN of its stream in cdk.json: LatestStreamArn of aws dynamodb describe-table. */
function existing(name: string) {
  const tableStreamArn: string = app.node.getContext(`${name}Stream`);
  const [tableArn = ''] = tableStreamArn.split('/stream/');
  return TableV2.fromTableAttributes(stack, name, { tableArn, tableStreamArn });
}

// Followups and tasks have no table yet: the construct creates them.
new CrmTriggers(stack, 'Triggers', {
  tables: {
    customer: { table: existing('accounts'), names: { AccountID: 'account_id' }, ignore: ['last_seen'] },
    case: { table: existing('tickets'), names: { AccountID: 'account_id', CaseID: 'number' } },
  },
});
