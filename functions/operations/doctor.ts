import { setTimeout } from 'node:timers/promises';
import { stackName } from '../core/stack-name.ts';
import type { Deps } from './deployment.ts';
import { captureChecks, captureNotes } from './doctor/capture-checks.ts';
import { capturePaths } from './doctor/capture-path.ts';
import { examine, type Finding } from './doctor/check.ts';
import {
  functionChecks,
  functionFacts,
  queueChecks,
  queueFacts,
  scheduleChecks,
  scheduleFacts,
} from './doctor/delivery-checks.ts';
import { type DoctorAws, type Inconclusive, Inspector, liveAws } from './doctor/inspector.ts';
import { stuckChecks, stuckFacts } from './doctor/stuck-checks.ts';
import { urlChecks, urlFacts, versionChecks, versionFacts } from './doctor/url-checks.ts';

/** The result of the doctor's checks. */
interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly inconclusive: readonly Inconclusive[];
  /** Notes that need no fix. */
  readonly notes: readonly string[];
}

/** Checks each part of the system that notifications pass through. It changes nothing. */
export async function doctor(
  deps: Deps<
    | 'outputs'
    | 'triggersTable'
    | 'secrets'
    | 'backlog'
    | 'rules'
    | 'dynamodb'
    | 'crmTables'
    | 'rowRules'
    | 'sqs'
    | 'queueUrl'
    | 'deadLetterQueueUrl'
  >,
  aws: DoctorAws = liveAws(),
  sleep: (milliseconds: number) => Promise<unknown> = setTimeout,
): Promise<Diagnosis> {
  const inspector = await new Inspector(aws).at(stackName('CrmTriggers', deps.outputs.Stage));
  const [ways, functions, queue, schedule, entered, stuck] = await Promise.all([
    capturePaths(deps, inspector),
    functionFacts(deps, inspector),
    queueFacts(deps, inspector),
    scheduleFacts(deps, inspector),
    urlFacts(deps, inspector),
    stuckFacts(deps, inspector, sleep),
  ]);
  const findings = [
    ...examine([versionFacts(deps)], versionChecks),
    ...examine(ways, captureChecks),
    ...examine(functions, functionChecks),
    ...examine([queue], queueChecks),
    ...examine([schedule], scheduleChecks),
    ...examine(entered, urlChecks),
    ...examine(stuck, stuckChecks),
  ];
  return { findings, inconclusive: inspector.inconclusive, notes: ways.flatMap(captureNotes) };
}
