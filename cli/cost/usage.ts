import type { Deployed } from './deployed.ts';
import { type Measured, type Measurements, type Runs, stages } from './measured.ts';
import { plus, times, type Usage } from './prices.ts';

/** Values that are not measured here. */
const assumed = {
  /** A function with this memory has one whole core, one with less memory a share of it (AWS Lambda Developer Guide). */
  coreMiB: 1769,
  /** Duration of a request to DynamoDB or SQS from a function in the same region. */
  awsMs: 8,
  /** Lines that Lambda writes for a run: START, END, REPORT. */
  runLogLines: 3,
  runLogBytes: 274,
  /** CloudWatch Logs charges this number of bytes in addition to each line. */
  logLineBytes: 26,
  /** Stored logs are compressed to this share. */
  compression: 0.15,
  /** Pollers of an event source mapping. Each receive of an empty queue waits for a message or `pollSeconds`. */
  pollers: 5,
  pollSeconds: 20,
  /** DynamoDB requests the key of a table once in five minutes for each role that reads the table. */
  kmsMinutes: 5,
  /** Functions of capture, with about the same number of changes each. */
  captures: 4,
};

const GB = 1e9;
const MONTH_DAYS = 30;
const MONTH_HOURS = MONTH_DAYS * 24;
const MONTH_MINUTES = MONTH_HOURS * 60;
const MONTH_SECONDS = MONTH_MINUTES * 60;

/** Average duration of a run, milliseconds: computing on a share of a core, and waiting for AWS and receivers. */
export function averageMs({ invocations, cpuMs, awsWaits, callWaits }: Runs, memoryMiB: number, responseMs: number) {
  if (invocations === 0) return 0;
  const computingMs = cpuMs * Math.max(1, assumed.coreMiB / memoryMiB);
  return (computingMs + awsWaits * assumed.awsMs + callWaits * responseMs) / invocations;
}

/** Lambda's price per GB-second depends on the architecture. */
export function lambdaTime(architecture: Deployed['architecture'], gbSeconds: number): Usage {
  return architecture === 'arm64' ? { lambdaGbSeconds: gbSeconds } : { lambdaGbSecondsX86: gbSeconds };
}

/** Converts a measurement to quantities with prices. @param responseMs Response time of the receivers. */
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

/** The usage of a month without changes. */
function idleMonth(measured: Measurements, deployed: Deployed): Usage {
  const minute = usageOf(measured.idleMinute, deployed, 0);
  return plus(times(minute, deployed.scheduledRuns), {
    sqsRequests: emptyReceives(0, deployed),
    // Drain reads the triggers each minute.
    kmsRequests: kmsRequests(Number.POSITIVE_INFINITY),
    keys: deployed.keys,
    alarms: deployed.alarms,
    dashboards: deployed.dashboards,
  });
}

/** The whole usage of a month in which changes come one by one, spread over all hours and all eleven triggers. */
export function everydayMonth(measured: Measurements, deployed: Deployed, responseMs: number, changes: number): Usage {
  const { trickle } = measured;
  return plus(
    idleMonth(measured, deployed),
    times(usageOf(trickle, deployed, responseMs), changes / trickle.notifications),
    {
      sqsRequests: emptyReceives(changes, deployed) - emptyReceives(0, deployed),
      metrics: measured.usedMetrics * Math.min(1, changes / MONTH_HOURS),
      // Deliver reads the triggers and the secrets, capture the triggers. Drain seldom reads the secrets.
      kmsRequests: 2 * kmsRequests(changes) + assumed.captures * kmsRequests(changes / assumed.captures),
    },
  );
}

/** Requests for the key of one table by one role per month. @param reads The reads of the table, spread over the month. */
const kmsRequests = (reads: number) => Math.min(reads, MONTH_MINUTES / assumed.kmsMinutes);

/** Empty receives per month. A message ends the wait of one poller, so more messages mean fewer empty receives. */
function emptyReceives(messages: number, { deliverConcurrency }: Deployed): number {
  const pollers = Math.min(assumed.pollers, deliverConcurrency);
  const perPollerSecond = messages / MONTH_SECONDS / pollers;
  // The rate of waits that end without a message, if messages arrive at random (a Poisson process).
  const perSecond =
    perPollerSecond === 0
      ? 1 / assumed.pollSeconds
      : perPollerSecond / Math.expm1(perPollerSecond * assumed.pollSeconds);
  return pollers * perSecond * MONTH_SECONDS;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
