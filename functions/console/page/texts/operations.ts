// The texts of the tab Operations, and of the alarms on the overview.

import { grouped } from '../shared/format.ts';

export const operationsTexts = {
  lead: 'The state of the system, and tasks for operators.',
  adminsOnly: 'Only admins can run the checks, see dead letters and start a backfill.',
};

export const alarmTexts = {
  title: 'Alarms',
  none: (alarms: number) =>
    alarms === 0
      ? 'This deployment has published no alarms. To fix this, deploy it again.'
      : `None of the ${alarms} alarms is on.`,
  on: (count: number) => (count === 1 ? '1 alarm is on' : `${count} alarms are on`),
  since: (time: string) => `since ${time}`,
  noData: (names: readonly string[]) => `Without data, as in a new deployment: ${names.join(', ')}.`,
  whatToDo: 'What to do: ',
  inRunbook: (heading: string) => `see ${heading} in docs/operations/alarms.md.`,
  name: (name: string) => `In CloudWatch: ${name}`,
};

/** What an admin can do on this page about an alarm, by its heading in docs/operations/alarms.md. */
export const alarmFixes: Readonly<Record<string, string>> = {
  'Trigger down':
    'open the trigger on the tab Triggers. Correct its URL, or inform the owner of the receiver. Press Try now when the receiver responds.',
  'Notifications failed': 'see the reasons on the tab Failed, fix the cause, and redeliver them.',
  'Stream behind': 'run the checks below. If they find nothing, see the log of the capture function.',
  'Queue behind': 'run the checks below. If they find nothing, receivers are slow, or there was a burst of changes.',
  'Dead letters': 'list the dead letters below. Send them back when this version can read them.',
  'Function errors':
    'if the errors began with a deployment, deploy the version before. Otherwise see the log of the function.',
  'Function throttled':
    'raise the limit of concurrent executions of the account, or lower deliverConcurrency and deploy.',
  'Drain stopped': 'enable the rule of drain in EventBridge. If it is enabled, deploy the stack again.',
  'Changes unsent': 'fix the cause, then start a backfill below for each trigger that needs the current rows.',
};

export const doctorTexts = {
  title: 'Checks',
  run: 'Run the checks',
  running: 'Checking …',
  fine: 'No problem was found.',
  found: (count: number) => (count === 1 ? '1 problem was found.' : `${count} problems were found.`),
  fix: 'Fix: ',
  notMade: 'These checks could not be made:',
  checked: 'Checked',
  skipped: 'Not checked here',
  runDoctor:
    'The page has no permission for these checks, or they take more than 30 seconds. To make them, run crm-triggers doctor.',
};

export const letterTexts = {
  title: 'Dead letters',
  lead: 'Messages that deliver could not read, or that made it fail each time. They are kept for 14 days and delay no other messages.',
  list: 'List dead letters',
  listing: 'Listing …',
  none: 'The dead-letter queue is empty.',
  table: 'List of dead letters',
  sentAt: 'Arrived',
  id: 'Message',
  reason: 'Reason',
  notShown: (count: number) =>
    `About ${grouped(count)} more cannot be listed now: SQS returns at most ten of a record. Send back includes them.`,
  sendBack: 'Send back',
  sendBackTitle: (count: number) =>
    count === 1 ? 'Send 1 dead letter back?' : `Send ${grouped(count)} dead letters back?`,
  consequence:
    'They return to the delivery queue, those of a record in order, and are delivered if this version can read them. They can arrive after newer notifications of their record.',
  sending: 'Sending back …',
  sent: (sent: number, left: number) =>
    `${grouped(sent)} sent back. ${left === 0 ? 'None is left.' : `${grouped(left)} are left: they arrived meanwhile, or this version cannot read them.`}`,
};

export const backfillTexts = {
  title: 'Backfill',
  lead: 'Sends the create or edit of each row of a table, for a URL that was set after the rows were written. Keep this page open until it is done.',
  trigger: 'Trigger to backfill',
  since: 'Only rows since',
  sinceSample: '2026-11-01',
  by: 'By attribute',
  pace: 'Per second',
  rows: (rows: number, minutes: number) =>
    `The table has about ${grouped(rows)} rows (DynamoDB counts them every six hours): about ${duration(minutes)} at this pace.`,
  count: 'Count the rows',
  start: 'Start',
  startTitle: (trigger: string) => `Backfill ${trigger}?`,
  consequence: (rows: string, pace: number) =>
    `${rows} The receiver gets up to ${pace} calls per second, besides those for changes.`,
  counted: (count: number) => `${grouped(count)} rows will be sent.`,
  aboutRows: (rows: number, isFiltered: boolean) =>
    isFiltered
      ? `At most about ${grouped(rows)} rows will be sent. To know how many match, count them first.`
      : `About ${grouped(rows)} rows will be sent.`,
  progress: 'Progress of the backfill',
  stop: 'Stop',
  stopping: 'Stopping …',
  continue: 'Continue',
  discard: 'Discard',
  running: (trigger: string, sent: number) => `${trigger}: ${grouped(sent)} sent so far.`,
  counting: (trigger: string, sent: number) => `${trigger}: ${grouped(sent)} rows counted so far.`,
  stopped: (trigger: string, sent: number) => `${trigger}: stopped after ${grouped(sent)}. Continue sends the rest.`,
  countStopped: (trigger: string, count: number) => `${trigger}: stopped after ${grouped(count)} rows.`,
  done: (trigger: string, sent: number) => `${trigger}: done. ${grouped(sent)} sent.`,
  countDone: (trigger: string, count: number) => `${trigger}: ${grouped(count)} rows match.`,
  leftOut: (count: number) => (count === 0 ? '' : ` ${grouped(count)} rows without usable IDs are left out.`),
};

function duration(minutes: number): string {
  if (minutes < 1.5) return 'a minute';
  return minutes < 120 ? `${Math.round(minutes)} minutes` : `${grouped(Math.round(minutes / 60))} hours`;
}
