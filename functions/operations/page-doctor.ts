import type { Deps } from './deployment.ts';
import { captureChecks, captureNotes } from './doctor/capture-checks.ts';
import { tableFacts } from './doctor/capture-path.ts';
import { examine, type Finding } from './doctor/check.ts';
import { queueAttributes, queueChecks } from './doctor/delivery-checks.ts';
import { Checking, type Inconclusive } from './doctor/inspector.ts';
import { urlChecks, urlFacts } from './doctor/url-checks.ts';

/** The checks of the page. */
const checked = [
  'tables: whether they exist, their streams, and the attributes with the IDs',
  'the delivery queue and its dead-letter queue',
  'URLs: whether the settings allow them, and whether each trigger has a secret',
];

/** The checks that only the command line makes: they need permissions on all of Lambda and on the stack, or more than 30 seconds. */
const skipped = [
  'whether the streams and the delivery queue are read, and how many functions read a stream',
  'whether the functions exist, and their reserved concurrency',
  "capture's permissions, and the view type of a stream with ignored attributes",
  "drain's schedule, and backlogs that drain does not deliver",
];

interface PageDiagnosis {
  readonly findings: readonly Finding[];
  readonly inconclusive: readonly Inconclusive[];
  /** Notes that need no fix. */
  readonly notes: readonly string[];
  readonly checked: readonly string[];
  readonly skipped: readonly string[];
}

/** The checks of the doctor that the console's function can make. It changes nothing. */
export async function pageDoctor(
  deps: Deps<
    | 'outputs'
    | 'triggersTable'
    | 'secrets'
    | 'rules'
    | 'dynamodb'
    | 'crmTables'
    | 'rowRules'
    | 'sqs'
    | 'queueUrl'
    | 'deadLetterQueueUrl'
  >,
): Promise<PageDiagnosis> {
  const checking = new Checking();
  const [tables, queue, urls] = await Promise.all([
    tableFacts(deps, checking),
    queueAttributes(deps, checking),
    urlFacts(deps, checking),
  ]);
  const findings = [
    ...examine(tables, captureChecks, true),
    ...examine([queue], queueChecks, true),
    ...examine(urls, urlChecks, true),
  ];
  return { findings, inconclusive: checking.inconclusive, notes: tables.flatMap(captureNotes), checked, skipped };
}
