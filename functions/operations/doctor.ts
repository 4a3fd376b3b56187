import { setTimeout } from 'node:timers/promises';
import { stackName } from '../core/stack-name.ts';
import type { AdminParts } from './deployment.ts';
import { captureChecks, captureNotes } from './doctor/capture-checks.ts';
import { waysIn } from './doctor/capture-path.ts';
import { examine, type Finding } from './doctor/check.ts';
import {
  functionChecks,
  functionsSeen,
  queueChecks,
  queueSeen,
  scheduleChecks,
  scheduleSeen,
} from './doctor/delivery-checks.ts';
import { type DoctorAws, Look, liveAws, type Unasked } from './doctor/inspector.ts';
import { stuckChecks, stuckSeen } from './doctor/stuck-checks.ts';
import { typedChecks, typedSeen, versionChecks, versionSeen } from './doctor/url-checks.ts';

/** What the doctor found. */
interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly unasked: readonly Unasked[];
  /** What is good to know, and needs no fix. */
  readonly notes: readonly string[];
}

/** Looks at all that a notification's way needs, and changes nothing. */
export async function doctor(
  parts: AdminParts,
  aws: DoctorAws = liveAws(),
  sleep: (milliseconds: number) => Promise<unknown> = setTimeout,
): Promise<Diagnosis> {
  const look = await new Look(aws).at(stackName('CrmTriggers', parts.outputs.Stage));
  const [ways, functions, queue, schedule, typed, stuck] = await Promise.all([
    waysIn(parts, look),
    functionsSeen(parts, look),
    queueSeen(parts, look),
    scheduleSeen(parts, look),
    typedSeen(parts, look),
    stuckSeen(parts, look, sleep),
  ]);
  const findings = [
    ...examine([versionSeen(parts)], versionChecks),
    ...examine(ways, captureChecks),
    ...examine(functions, functionChecks),
    ...examine([queue], queueChecks),
    ...examine([schedule], scheduleChecks),
    ...examine(typed, typedChecks),
    ...examine(stuck, stuckChecks),
  ];
  return { findings, unasked: look.unasked, notes: ways.flatMap(captureNotes) };
}
