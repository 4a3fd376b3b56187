import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import simulated from '../../cli/cost/batches.json' with { type: 'json' };
import { deployed, read } from '../../cli/cost/deployed.ts';
import { type Measured, measurements, type Runs } from '../../cli/cost/measured.ts';
import { bill, read as day, prices, region, rivalDollars, rivals, total } from '../../cli/cost/prices.ts';
import { type Report, report } from '../../cli/cost/report.ts';
import { averageMs, everydayMonth, usageOf } from '../../cli/cost/usage.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const none: Runs = { invocations: 0, cpuMs: 0, awsWaits: 0, callWaits: 0, logLines: 0, logBytes: 0 };

const nothing: Measured = {
  notifications: 1,
  runs: { capture: none, deliver: none, drain: none },
  requests: {},
  writeUnits: {},
  readUnits: {},
  byteMonths: {},
  bytesCalled: 0,
};

const main = deployed();

test('every price list has its source, day and region', () => {
  assert.match(day, /^\d{4}-\d\d-\d\d$/);
  assert.equal(region, 'us-east-1');
  for (const { what, dollars, per, source } of Object.values(prices)) {
    assert.ok(dollars > 0 && per > 0, what);
    assert.ok(source.length > 10, what);
  }
  for (const { name, source } of rivals) assert.match(source, /\d{4}-\d\d-\d\d/, name);
});

test('a bill multiplies usage by the listed prices, the most expensive line first', () => {
  const usage = { sqsRequests: 2e6, lambdaRequests: 1e6, keys: 1, writeUnits: 0 };
  assert.deepEqual(
    bill(usage).map(({ what, dollars }) => [what, dollars]),
    [
      ['SQS FIFO requests', 1],
      ['KMS keys', 1],
      ['Lambda requests', 0.2],
    ],
  );
  assert.equal(total(usage), 2.2);
});

test("a competitor's bill includes the fee and the overage, and there is no bill without a listed price", () => {
  const list = { name: '', monthly: 490, included: 50_000, perMillion: 100, lacks: '', source: '' };
  assert.equal(rivalDollars(list, 40_000), 490);
  assert.equal(rivalDollars(list, 1_050_000), 590);
  assert.equal(rivalDollars({ ...list, perMillion: null }, 1_050_000), undefined);
  assert.equal(rivalDollars({ ...list, included: null, perMillion: 0 }, 1e9), 490);
});

test('the duration of a run is its CPU time on its share of a core, plus the time it waits', () => {
  const runs = { ...none, invocations: 10, cpuMs: 50, awsWaits: 20, callWaits: 10 };
  // 5 ms on a tenth of a core, two requests of 8 ms, one call of 100 ms.
  assert.equal(averageMs(runs, 176.9, 100), 50 + 16 + 100);
  assert.equal(averageMs(runs, 1769, 100), 5 + 16 + 100);
});

test('prices the measured usage by the template: memory, log retention, point-in-time recovery', () => {
  const measured = {
    ...nothing,
    runs: { ...nothing.runs, deliver: { ...none, invocations: 1, callWaits: 10, logLines: 1, logBytes: 1e6 } },
    requests: { 'SQS SendMessageBatch': 3, 'SQS ReceiveMessage': 4, 'DynamoDB PutItem': 100 },
    byteMonths: { Backlog: 1e9, DeliveryLog: 1e9 },
  };
  const usage = usageOf(measured, main, 1000);
  assert.equal(usage.sqsRequests, 7);
  assert.equal(usage.lambdaGbSeconds, (10 * main.functions.deliver.memoryMiB) / 1024);
  assert.deepEqual([usage.tableGbMonths, usage.backupGbMonths], [2, 1]);
  const { deliver } = main.functions;
  const dear = {
    ...main,
    functions: {
      ...main.functions,
      deliver: { ...deliver, memoryMiB: 2 * deliver.memoryMiB, logDays: 2 * deliver.logDays },
    },
  };
  const more = usageOf(measured, dear, 1000);
  assert.equal(more.lambdaGbSeconds, 2 * (usage.lambdaGbSeconds ?? 0));
  assert.equal(more.logGbMonths, 2 * (usage.logGbMonths ?? 0));
});

test('counts alarms, dashboards, keys and schedules in the template', () => {
  const { restorable, scheduledRuns, keys } = main;
  assert.ok(restorable.includes('Backlog') && !restorable.includes('DeliveryLog'));
  assert.deepEqual([scheduledRuns, keys], [43_200, 1]);
  const mapping = { Type: 'AWS::Lambda::EventSourceMapping' };
  const counted = read({
    Stream: { ...mapping, Properties: { StartingPosition: 'LATEST', BatchSize: 7 } },
    Queue: { ...mapping, Properties: { BatchSize: 3, ScalingConfig: { MaximumConcurrency: 2 } } },
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
    Other: { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
    Board: { Type: 'AWS::CloudWatch::Dashboard', Properties: {} },
    Rule: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(2 minutes)' } },
  });
  const { alarms, dashboards, captureBatch, deliverBatch } = counted;
  assert.deepEqual(
    { alarms, dashboards, captureBatch, deliverBatch },
    { alarms: 2, dashboards: 1, captureBatch: 7, deliverBatch: 3 },
  );
  assert.equal(counted.scheduledRuns, 21_600);
});

test('prices log lines of successful runs only if Lambda writes lines for them', () => {
  const runs = { ...nothing.runs, capture: { ...none, invocations: 1_000 } };
  const capture = { ...main.functions.capture, isEachRunLogged: true };
  const logged = usageOf({ ...nothing, runs }, { ...main, functions: { ...main.functions, capture } }, 0);
  assert.equal(main.functions.capture.isEachRunLogged, false);
  assert.equal(usageOf({ ...nothing, runs }, main, 0).logGb, 0);
  assert.equal(logged.logGb, (1_000 * (274 + 3 * 26)) / 1e9);
});

test('a million notifications in full batches cost at most $0.60 by the latest measurement', () => {
  const [busy, single] = report(measurements(), main, { changesPerMonth: 1e6, responseMs: 100 }).situations;
  assert.ok(busy && busy.perMillion <= 0.6, `$${busy?.perMillion}`);
  assert.ok(single && single.perMillion > busy.perMillion);
});

test('a month with 1,000,000 single changes and eleven triggers costs at most $12.00', () => {
  const args = [`${root}cli/cost/main.ts`, '--changes-per-month', '1000000', '--json'];
  const { everyday } = JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout) as Report;
  assert.deepEqual(
    everyday.map(({ changesPerMonth }) => changesPerMonth),
    [0, 100_000, 1_000_000],
  );
  const [idle, some, million] = everyday;
  assert.ok(idle && some && million && million.perMonth <= 12, `$${million?.perMonth}`);
  assert.ok(idle.perMonth < some.perMonth && some.perMonth < million.perMonth);
  const readme = readFileSync(`${root}README.md`, 'utf8');
  for (const { changesPerMonth, perMonth } of everyday)
    assert.ok(
      readme.includes(`| ${changesPerMonth.toLocaleString('en')} | ${perMonth.toFixed(2)} |`),
      `README.md has the $${perMonth.toFixed(2)} of ${changesPerMonth} changes`,
    );
  const found = new Map(million.lines.map(({ what, quantity }) => [what, quantity]));
  assert.equal(found.get('CloudWatch custom metrics'), 4, 'independent of the number of triggers');
  assert.deepEqual([found.get('CloudWatch alarms'), found.get('CloudWatch dashboards')], [20, 1]);
  const sum = million.lines.reduce((dollars, line) => dollars + line.dollars, 0);
  assert.ok(Math.abs(sum - million.perMonth) < 1e-9, 'the total is the sum of the lines');
});

test('an everyday month costs as much as an idle month, plus the changes and hourly metrics, minus unneeded receives', () => {
  const perHour = { ...measurements(), trickle: { ...nothing, notifications: 1 } };
  const month = (changes: number) => everydayMonth(perHour, main, 0, changes);
  const idle = month(0);
  // Five pollers receive three times a minute.
  assert.equal(idle.sqsRequests, 5 * 3 * 60 * 24 * 30);
  assert.deepEqual([idle.metrics, idle.kmsRequests], [0, 8640], 'drain reads the triggers each minute');
  assert.equal(month(360).metrics, measurements().usedMetrics / 2);
  assert.equal(month(1e6).metrics, measurements().usedMetrics);
  const receives = [0, 1_000, 1e6, 1e8].map((changes) => month(changes).sqsRequests ?? Number.NaN);
  assert.deepEqual(
    receives.toSorted((a, b) => b - a),
    receives,
  );
  assert.ok(receives.every((count) => count >= 0));
});

test('the price of compute time depends on the architecture of the functions', () => {
  const measured = { ...nothing, runs: { ...nothing.runs, deliver: { ...none, invocations: 1, callWaits: 1 } } };
  assert.equal(main.architecture, 'arm64');
  const [arm, x86] = (['arm64', 'x86_64'] as const).map((architecture) =>
    usageOf(measured, { ...main, architecture }, 1000),
  );
  assert.equal(x86?.lambdaGbSecondsX86, arm?.lambdaGbSeconds);
  assert.deepEqual([arm?.lambdaGbSecondsX86, x86?.lambdaGbSeconds], [undefined, undefined]);
  assert.ok(total(x86 ?? {}) > total(arm ?? {}));
});

test('with simulated batches and four shards per table, a window of one second more than halves the price at 100 changes per second', () => {
  assert.ok(simulated.shardsPerTable >= 4);
  const { byRate } = report(measurements(), main, { changesPerMonth: 1e6, responseMs: 100 });
  const at = (window: number) =>
    byRate.find(({ changesPerSecond, windowSeconds }) => changesPerSecond === 100 && windowSeconds === window);
  const [without, second] = [at(0), at(1)];
  assert.ok(without && second);
  assert.ok(second.perMillion < without.perMillion / 2, `$${without.perMillion} and $${second.perMillion}`);
  assert.ok(second.medianMs - without.medianMs < 1_000);
});

test('reads the batch window of the stream mappings from the template', () => {
  const mapping = { Type: 'AWS::Lambda::EventSourceMapping' };
  const { captureWindowSeconds } = read({
    Stream: { ...mapping, Properties: { StartingPosition: 'LATEST', MaximumBatchingWindowInSeconds: 7 } },
    Queue: { ...mapping, Properties: { ScalingConfig: { MaximumConcurrency: 2 } } },
  });
  assert.deepEqual([main.captureWindowSeconds, captureWindowSeconds], [0, 7]);
});

test('rejects invalid options with one line and exit status 2', () => {
  const lines = {
    '': /^--changes-per-month is missing\. To fix this, write --changes-per-month 1000000\.$/,
    '--changes-per-month -3': /--changes-per-month/,
    '--changes-per-month 1e3': /^--changes-per-month is a whole number up to/,
    '--changes-per-month 5 --response-ms soon': /^--response-ms is a whole number up to/,
    '--frequency 5': /--frequency/,
  };
  for (const [words, line] of Object.entries(lines)) {
    const args = [`${root}cli/cost/main.ts`, ...words.split(' ').filter(Boolean)];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.deepEqual([status, stdout], [2, ''], words);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    assert.match(stderr.trim(), line);
  }
});
