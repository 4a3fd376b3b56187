import type { Step } from './runner.ts';
import { alarm } from './steps/alarm.ts';
import { attributes } from './steps/attributes.ts';
import { changeSet } from './steps/change-set.ts';
import { consoleRoutes } from './steps/console.ts';
import { deploy } from './steps/deploy.ts';
import { doctor } from './steps/doctor.ts';
import { drift } from './steps/drift.ts';
import { neighbor } from './steps/neighbor.ts';
import { order } from './steps/order.ts';
import { outage } from './steps/outage.ts';
import { poison } from './steps/poison.ts';
import { queries } from './steps/queries.ts';
import { receiver } from './steps/receiver.ts';
import { recovery } from './steps/recovery.ts';
import { repeat } from './steps/repeat.ts';
import { throttling } from './steps/throttling.ts';
import { triggers } from './steps/triggers.ts';

/** The steps that must succeed before changes can be sent through the stage. */
const running = ['deploy', 'receiver', 'triggers'];

/**
 * The steps, in their order. The outage starts early and ends late, because its alarm takes three bad periods of five minutes. In the
 * meantime, the other steps use other triggers. The step that changes the deployment is the last one.
 */
export const steps: readonly Step[] = [
  {
    name: 'queries',
    proves: 'CloudWatch accepts the queries of the alarms, before anything is deployed',
    needs: ['Metrics Insights'],
    after: [],
    minutes: 5,
    fix: 'correct the query in infra/alarms.ts; reserved words need double quotes',
    run: queries,
  },
  {
    name: 'change-set',
    proves: 'CloudFormation accepts the template: it creates and describes a change set, which is not executed',
    needs: ['change sets'],
    after: [],
    minutes: 10,
    fix: 'if the account is not bootstrapped, run npx cdk bootstrap; else correct the resource that CloudFormation names',
    run: changeSet,
  },
  {
    name: 'deploy',
    proves: 'the core stack and the console are deployed at the first attempt, without a failed stack event',
    needs: [],
    after: ['change-set'],
    minutes: 25,
    fix: 'read the reason; npm run crm-triggers -- doctor --before-deploy checks quotas and the bootstrap',
    run: deploy,
  },
  {
    name: 'receiver',
    proves: 'the receiver of this verification responds in all its modes: 200, 500, hanging, 410 and 429',
    needs: [],
    after: [],
    minutes: 15,
    fix: 'see the log of the function in the stack CrmTriggersReceiver-STAGE',
    run: receiver,
  },
  {
    name: 'doctor',
    proves: 'doctor has no findings in a new deployment, and has the permissions for all its checks',
    needs: [],
    after: ['deploy'],
    minutes: 3,
    fix: 'follow the advice of doctor; for inconclusive checks, give the credentials the permissions that it names',
    run: doctor,
  },
  {
    name: 'triggers',
    proves: 'all eleven triggers are called with the query strings of the contract and signatures that verify',
    needs: [],
    after: ['deploy', 'receiver'],
    minutes: 5,
    fix: 'npm run crm-triggers -- log --stage STAGE shows the outcome of each call',
    run: triggers,
  },
  {
    name: 'attributes',
    proves: 'DynamoDB lets capture read whether a URL is set, and denies it the URL and every other attribute',
    needs: ['enforced policies'],
    after: ['deploy'],
    minutes: 5,
    fix: 'see readsOnly in infra/tables.ts; the credentials of this run need iam:UpdateAssumeRolePolicy and sts:AssumeRole',
    run: attributes,
  },
  {
    name: 'order',
    proves: '300 records with 5 edits each arrive in order per record, with several pollers',
    needs: [],
    after: running,
    minutes: 10,
    fix: 'if there was one poller, raise the concurrency quota of the account (Service Quotas, Lambda); else see the delivery log',
    run: order,
  },
  {
    name: 'outage',
    proves: 'a receiver that responds with 500 parks its trigger, and its notifications are pending',
    needs: [],
    after: running,
    minutes: 10,
    fix: 'npm run crm-triggers -- list --stage STAGE shows the state of the trigger',
    run: outage,
  },
  {
    name: 'throttling',
    proves: 'a receiver that responds with 429 gets all notifications in order, and none moves to Failed',
    needs: [],
    after: running,
    minutes: 15,
    fix: 'npm run crm-triggers -- failed --stage STAGE shows the reason; see functions/core/backoff.ts',
    run: throttling,
  },
  {
    name: 'neighbor',
    proves: 'a receiver that hangs does not delay a healthy trigger by more than 20 s',
    needs: ['pollers'],
    after: running,
    minutes: 10,
    fix: 'check that deliver can use its concurrency in the account, then raise deliverConcurrency in cdk.json',
    run: neighbor,
  },
  {
    name: 'repeat',
    proves: 'a message that is sent twice has the same webhook-id in each call',
    needs: [],
    after: running,
    minutes: 5,
    fix: 'see functions/core/notification.ts and infra/queue.ts (deduplication)',
    run: repeat,
  },
  {
    name: 'poison',
    proves:
      'a stream batch that always fails is split, ends in the bucket of undelivered records, and can be sent from there',
    needs: ['failed stream batches'],
    after: running,
    minutes: 15,
    fix: 'see the stream mapping in infra/capture.ts and the permissions of capture on the bucket',
    run: poison,
  },
  {
    name: 'console',
    proves: 'only an admin with a token of Cognito and a second factor can use the routes of the API',
    needs: ['HTTP APIs'],
    after: ['deploy'],
    minutes: 10,
    fix: 'see infra/console-stack.ts and infra/sign-in.ts; the access log of the API contains the reason of each 401',
    run: consoleRoutes,
  },
  {
    name: 'alarm',
    proves: 'the outage sets off the alarm Trigger down',
    needs: ['metrics from logs'],
    after: ['outage'],
    minutes: 30,
    fix: 'check the metric down in the namespace of the stack; if it is missing, see functions/adapters/metrics-writer.ts',
    run: alarm,
  },
  {
    name: 'recovery',
    proves:
      'after the outage all notifications arrive in order, the trigger is active, and an alarm on the query returns to OK',
    needs: [],
    after: ['outage'],
    minutes: 15,
    fix: 'npm run crm-triggers -- list --stage STAGE shows the pending notifications; see docs/operations/alarms.md, Trigger down',
    run: recovery,
  },
  {
    name: 'drift',
    proves: 'cdk deploy --revert-drift, which doctor advises, restores a resource that was deleted by hand',
    needs: ['drift reverted'],
    after: [...running, 'recovery'],
    minutes: 15,
    fix: 'deploy the stage again; if CloudFormation cannot revert the resource, change the advice in functions/operations/doctor/check.ts',
    run: drift,
  },
];
