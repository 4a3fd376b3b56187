import type { Deployed } from './deployed.ts';
import { type Measured, type Measurements, type Runs, stages } from './measured.ts';
import { plus, times, type Usage } from './prices.ts';

/** Assumptions that cannot be measured here. */
const assumed = {
  /** A function of this memory has one whole core; a smaller one a share (AWS Lambda Developer Guide). */
  coreMiB: 1769,
  /** How long a request to DynamoDB or SQS takes from a function in the same region. */
  awsMs: 8,
  /** Lambda's own lines of a run: START, END, REPORT. */
  runLogLines: 3,
  runLogBytes: 274,
  /** CloudWatch Logs counts so much with each line. */
  logLineBytes: 26,
  /** Logs are kept compressed. */
  compression: 0.15,
  /** A mapping polls also an empty queue: so many pollers, each waiting for a message for up to 20 s. */
  pollers: 5,
  pollSeconds: 20,
  /** DynamoDB asks for the key of a table once in five minutes for each role that reads it. */
  kmsMinutes: 5,
};

const GB = 1e9;
const MONTH_DAYS = 30;
const MONTH_HOURS = MONTH_DAYS * 24;
const MONTH_MINUTES = MONTH_HOURS * 60;
const MONTH_SECONDS = MONTH_MINUTES * 60;

/** How long a run takes by average, milliseconds: its own time on a share of a core, and what it waits for. */
export function averageMs({ invocations, cpuMs, awsWaits, callWaits }: Runs, memoryMiB: number, responseMs: number) {
  if (invocations === 0) return 0;
  const own = cpuMs * Math.max(1, assumed.coreMiB / memoryMiB);
  return (own + awsWaits * assumed.awsMs + callWaits * responseMs) / invocations;
}

/** Lambda's time has a price for each architecture. */
export function lambdaTime(architecture: Deployed['architecture'], gbSeconds: number): Usage {
  return architecture === 'arm64' ? { lambdaGbSeconds: gbSeconds } : { lambdaGbSecondsX86: gbSeconds };
}

/** What was measured, as it is paid for. @param answerMs How long a receiver takes to respond. */
export function usageOf(measured: Measured, deployed: Deployed, responseMs: number): Usage {
  const runs = stages.map((stage) => ({ ...measured.runs[stage], ...deployed.functions[stage] }));
  const logged = runs.map(({ invocations, logLines, logBytes, logDays, isEachRunLogged }) => {
    const logged = isEachRunLogged ? invocations : 0;
    const lines = logLines + logged * assumed.runLogLines;
    const bytes = logBytes + logged * assumed.runLogBytes + lines * assumed.logLineBytes;
    return { gb: bytes / GB, months: logDays / MONTH_DAYS };
  });
  const stored = (tables: (name: string) => boolean) =>
    sum(Object.entries(measured.byteMonths).map(([name, bytes]) => (tables(name) ? bytes : 0))) / GB;
  const requests = Object.entries(measured.requests).filter(([name]) => name.startsWith('SQS '));
  return {
    sqsRequests: sum(requests.map(([, count]) => count)),
    lambdaRequests: sum(runs.map(({ invocations }) => invocations)),
    ...lambdaTime(
      deployed.architecture,
      sum(
        runs.map((run) => (run.invocations * averageMs(run, run.memoryMiB, responseMs) * run.memoryMiB) / 1024 / 1000),
      ),
    ),
    writeUnits: sum(Object.values(measured.writeUnits)),
    readUnits: sum(Object.values(measured.readUnits)),
    tableGbMonths: stored(() => true),
    backupGbMonths: stored((name) => deployed.restorable.includes(name)),
    logGb: sum(logged.map(({ gb }) => gb)),
    logGbMonths: sum(logged.map(({ gb, months }) => gb * months * assumed.compression)),
    transferGb: measured.bytesCalled / GB,
  };
}

/** The monthly cost without changes. */
function idleMonth(measured: Measurements, deployed: Deployed): Usage {
  const minute = usageOf(measured.idleMinute, deployed, 0);
  return plus(times(minute, deployed.scheduledRuns), {
    sqsRequests: emptyReceives(0, deployed),
    keys: deployed.keys,
    alarms: deployed.alarms,
    dashboards: deployed.dashboards,
  });
}

/** What a month costs in which so many changes come one by one, spread over all hours and all eleven triggers, all in. */
export function everydayMonth(measured: Measurements, deployed: Deployed, responseMs: number, changes: number): Usage {
  const { trickle } = measured;
  return plus(
    idleMonth(measured, deployed),
    times(usageOf(trickle, deployed, responseMs), changes / trickle.notifications),
    {
      sqsRequests: emptyReceives(changes, deployed) - emptyReceives(0, deployed),
      metrics: measured.usedMetrics * Math.min(1, changes / MONTH_HOURS),
      // Of drain no more than now and then: it reads the secrets only when something is in a backlog.
      kmsRequests: Math.min(changes, MONTH_MINUTES / assumed.kmsMinutes),
    },
  );
}

/** Receives a month that find nothing. A message ends the wait of one poller, so there are fewer the more messages come. */
function emptyReceives(messages: number, { deliverConcurrency }: Deployed): number {
  const pollers = Math.min(assumed.pollers, deliverConcurrency);
  const perPollerSecond = messages / MONTH_SECONDS / pollers;
  // The share of waits that no message ends, when messages come by chance.
  const perSecond =
    perPollerSecond === 0
      ? 1 / assumed.pollSeconds
      : perPollerSecond / Math.expm1(perPollerSecond * assumed.pollSeconds);
  return pollers * perSecond * MONTH_SECONDS;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
