import type { Step } from './runner.ts';
import { alarm } from './steps/alarm.ts';
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

/** Needed by all steps that send changes through the stage. */
const running = ['deploy', 'receiver', 'triggers'];

/**
 * What is proven, in this order. The outage begins early and ends late: its alarm takes three bad periods of five minutes, in
 * which the other steps use other triggers. What changes the deployment comes last.
 */
export const steps: readonly Step[] = [
  {
    name: 'queries',
    proves: 'CloudWatch accepts the queries of the alarms, before anything is made',
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
    fix: 'if the account is not bootstrapped, run npx cdk bootstrap; else correct what CloudFormation names',
    run: changeSet,
  },
  {
    name: 'deploy',
    proves: 'the stacks of the triggers and of the console are deployed the first time, without a failed stack event',
    needs: [],
    after: ['change-set'],
    minutes: 25,
    fix: 'read the reason; npm run crm-triggers -- doctor --before-deploy checks quotas and the bootstrap',
    run: deploy,
  },
  {
    name: 'receiver',
    proves: 'the receiver of this verification responds with 200, 500, not at all, with 410 or 429, as its table says',
    needs: [],
    after: [],
    minutes: 15,
    fix: 'see the log of its function, in the stack CrmTriggersReceiver-STAGE',
    run: receiver,
  },
  {
    name: 'doctor',
    proves: 'doctor finds nothing wrong in a new deployment, and may look at everything',
    needs: [],
    after: ['deploy'],
    minutes: 3,
    fix: 'do as doctor says; for what it may not look at, the credentials need the permission that is named',
    run: doctor,
  },
  {
    name: 'triggers',
    proves: 'all eleven triggers are called with the query strings of the contract and signatures that verify',
    needs: [],
    after: ['deploy', 'receiver'],
    minutes: 5,
    fix: 'npm run crm-triggers -- log --stage STAGE shows what became of each call',
    run: triggers,
  },
  {
    name: 'order',
    proves: '300 records with 5 edits each arrive in order per record, through several pollers at once',
    needs: [],
    after: running,
    minutes: 10,
    fix: 'if there was one poller, raise the concurrency of the account (Service Quotas, Lambda); else see the delivery log',
    run: order,
  },
  {
    name: 'outage',
    proves: 'a receiver that responds with 500 parks its trigger, and its notifications wait',
    needs: [],
    after: running,
    minutes: 10,
    fix: 'npm run crm-triggers -- list --stage STAGE shows the state of the trigger',
    run: outage,
  },
  {
    name: 'throttling',
    proves: 'a receiver that responds with 429 gets everything in order, and nothing moves to Failed',
    needs: [],
    after: running,
    minutes: 15,
    fix: 'npm run crm-triggers -- failed --stage STAGE says why; see functions/core/backoff.ts',
    run: throttling,
  },
  {
    name: 'neighbor',
    proves: 'a receiver that hangs does not delay a healthy trigger by more than 20 s',
    needs: ['pollers'],
    after: running,
    minutes: 10,
    fix: 'check that the account leaves deliver its concurrency, then raise deliverConcurrency in cdk.json',
    run: neighbor,
  },
  {
    name: 'repeat',
    proves: 'a message that SQS has seen twice has the same webhook-id in each call',
    needs: [],
    after: running,
    minutes: 5,
    fix: 'see functions/core/notification.ts and infra/queue.ts (deduplication)',
    run: repeat,
  },
  {
    name: 'poison',
    proves:
      'a stream batch that always fails is split and ends in the bucket of undelivered records, from where it can be sent',
    needs: ['failed stream batches'],
    after: running,
    minutes: 15,
    fix: 'see the stream mapping in infra/capture.ts and the permissions of capture on the bucket',
    run: poison,
  },
  {
    name: 'console',
    proves: 'each route of the console is open to an admin alone, by the tokens of Cognito with a second factor',
    needs: ['HTTP APIs'],
    after: ['deploy'],
    minutes: 10,
    fix: 'see infra/console-stack.ts and infra/sign-in.ts; the access log of the API has the reason of each 401',
    run: consoleRoutes,
  },
  {
    name: 'alarm',
    proves: 'the outage sets off the alarm Trigger down',
    needs: ['metrics from logs'],
    after: ['outage'],
    minutes: 30,
    fix: 'look for the metric down in the namespace of the stack; if it is missing, see functions/adapters/metrics-writer.ts',
    run: alarm,
  },
  {
    name: 'recovery',
    proves:
      'after the outage everything arrives in order, the trigger is active and an alarm on its query returns to OK',
    needs: [],
    after: ['outage'],
    minutes: 15,
    fix: 'npm run crm-triggers -- list --stage STAGE shows what is pending; see docs/operations/alarms.md, Trigger down',
    run: recovery,
  },
  {
    name: 'drift',
    proves: 'cdk deploy --revert-drift, which doctor advises, brings back what was deleted by hand',
    needs: ['drift reverted'],
    after: [...running, 'recovery'],
    minutes: 15,
    fix: 'deploy the stage again; if CloudFormation cannot revert the resource, change the advice in functions/operations/doctor/check.ts',
    run: drift,
  },
];
