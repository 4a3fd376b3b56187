import { randomUUID } from 'node:crypto';
import type { Failed } from '../functions/adapters/backlog.ts';
import type { HistoryEntry } from '../functions/adapters/history.ts';
import { entityOf, type Trigger } from '../functions/core/entity.ts';
import { oneLine, printable } from '../functions/core/printable.ts';
import { type BackfillProgress, backfill } from '../functions/operations/backfill.ts';
import { type DeadLetter, deadLetters, sendBack } from '../functions/operations/dead-letters.ts';
import type { OperationDeps } from '../functions/operations/deployment.ts';
import { doctor } from '../functions/operations/doctor.ts';
import { failed, planRedelivery, redeliver } from '../functions/operations/failed.ts';
import { clearedText, pendingText } from '../functions/operations/pending.ts';
import { queueSize } from '../functions/operations/queue-size.ts';
import { entryText, follow, latest, logFilter, logLimit } from '../functions/operations/search-log.ts';
import { test } from '../functions/operations/send-test.ts';
import { removeHeader, rotateSecret, setHeader, showSecret } from '../functions/operations/signing-secrets.ts';
import {
  clear,
  exportUrls,
  importUrls,
  list,
  pause,
  resume,
  set,
  type TriggerStatus,
} from '../functions/operations/trigger-urls.ts';
import { UserError } from '../functions/operations/user-error.ts';
import { BackfillFile } from './backfill-file.ts';

/** So much of the history is printed, the latest first. */
const HISTORY_SHOWN = 100;

/** All options, as `parseArgs` takes them. */
export const options = {
  all: { type: 'boolean' },
  'before-deploy': { type: 'boolean' },
  by: { type: 'string' },
  follow: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  id: { type: 'string' },
  json: { type: 'boolean' },
  limit: { type: 'string' },
  outcome: { type: 'string' },
  pace: { type: 'string' },
  'send-back': { type: 'boolean' },
  since: { type: 'string' },
  stage: { type: 'string' },
  trigger: { type: 'string' },
  yes: { type: 'boolean' },
} as const;

export type Options = {
  readonly [Name in keyof typeof options]?: (typeof options)[Name]['type'] extends 'string' ? string : boolean;
};

/** What a command prints for people, and as JSON. */
interface Printed {
  readonly text: string;
  readonly json: unknown;
  /** The command did its work, and the response is bad news: exit status 1. */
  readonly failed?: boolean;
  /** What is printed behind it as it comes, until somebody ends it; as JSON, each on a line. */
  readonly more?: AsyncIterable<Printed>;
}

interface Command {
  /** The words behind the command's name, in order; `a|b` is one of these, and those in brackets may be left out. */
  readonly words: readonly string[];
  readonly options?: readonly (keyof Options)[];
  /** Names a file, or `-` for standard input, whose text `run` gets behind the words. */
  reads?(words: readonly string[]): string | undefined;
  /** In place of `run`, where there is no deployment yet. */
  alone?(options: Options): Promise<Printed> | undefined;
  run(deps: OperationDeps, words: readonly string[], options: Options): Promise<Printed>;
}

export const commands: Readonly<Record<string, Command>> = {
  list: {
    words: [],
    async run(deps) {
      const [lines, queued] = await Promise.all([list(deps), queueSize(deps)]);
      return { json: lines, text: [...lines.map(lineText), ...queueText(queued)].join('\n') };
    },
  },
  set: {
    words: ['TRIGGER', 'URL'],
    async run(deps, [trigger, entered = '']) {
      const url = await set(deps, trigger as Trigger, entered);
      const text =
        url === entered ? `${trigger} calls ${url}` : `${trigger} calls ${url} (what you entered, normalised)`;
      return { json: { trigger, url }, text };
    },
  },
  clear: {
    words: ['TRIGGER'],
    async run(deps, [trigger]) {
      const pending = await clear(deps, trigger as Trigger);
      const text = `${trigger}: no URL is set. ${clearedText(pending)}`;
      return { json: { trigger, url: null, pending }, text };
    },
  },
  test: {
    words: ['TRIGGER'],
    async run(deps, [trigger]) {
      const result = await test(deps, trigger as Trigger);
      const verdict = result.delivered ? 'delivered' : 'not delivered';
      const body = result.body && `\n${printable(result.body)}`;
      return {
        json: { trigger, ...result },
        text: `${trigger} ${result.formattedString}: ${verdict}, ${result.response} after ${result.milliseconds} ms${body}`,
        failed: !result.delivered,
      };
    },
  },
  pause: {
    words: ['TRIGGER'],
    async run(deps, [trigger]) {
      await pause(deps, trigger as Trigger);
      return { json: { trigger, state: 'paused' }, text: `${trigger} is paused: its notifications wait` };
    },
  },
  resume: {
    words: ['TRIGGER'],
    async run(deps, [trigger]) {
      await resume(deps, trigger as Trigger);
      return {
        json: { trigger, state: 'draining' },
        text: `${trigger} is resumed: pending notifications are being delivered`,
      };
    },
  },
  secret: {
    words: ['show|rotate', 'TRIGGER'],
    async run(deps, [verb, trigger]) {
      const shown = await (verb === 'rotate' ? rotateSecret : showSecret)(deps, trigger as Trigger);
      const old = shown.replaced.map(
        ({ secret, until }) => `${secret}  (signs too until ${new Date(until).toISOString()})`,
      );
      return { json: shown, text: [shown.secret, ...old].join('\n') };
    },
  },
  header: {
    words: ['set|remove', 'TRIGGER', 'NAME'],
    // Not an argument: arguments are kept in the shell's history and shown in lists of processes.
    reads: ([verb]) => (verb === 'set' ? '-' : undefined),
    async run(deps, [verb, trigger, entered = '', value = '']) {
      const sets = verb === 'set';
      const name = sets
        ? await setHeader(deps, trigger as Trigger, entered, value.replace(/\r?\n$/, ''))
        : await removeHeader(deps, trigger as Trigger, entered);
      const text = sets ? `${trigger} sends ${name}; its value is not shown again` : `${trigger} sends ${name} no more`;
      return { json: { trigger, header: name, set: sets }, text };
    },
  },
  export: {
    words: [],
    async run(deps) {
      const urls = await exportUrls(deps);
      return { json: urls, text: JSON.stringify(urls, null, 2) };
    },
  },
  import: {
    words: ['FILE'],
    reads: ([file]) => file,
    async run(deps, [, json = '']) {
      const imported = await importUrls(deps, json);
      const text = imported.map(
        ({ trigger, is, pending = 0 }) => `${trigger.padEnd(16)}  ${is ?? `no URL is set. ${clearedText(pending)}`}`,
      );
      return { json: imported, text: text.join('\n') || 'Nothing to change: all is as in the file.' };
    },
  },
  log: {
    words: [],
    options: ['trigger', 'outcome', 'id', 'since', 'limit', 'follow'],
    async run(deps, _, { since, limit: entered, follow: follows, ...rest }) {
      const filter = logFilter({ ...rest, since: time(since) });
      const limit = logLimit(entered);
      if (follows) return { json: undefined, text: '', more: followed(deps, filter, limit) };
      const entries = await latest(deps, filter, limit);
      return { json: entries, text: entries.map(entryText).join('\n') || 'Nothing of that stands in the log.' };
    },
  },
  history: {
    words: [],
    async run(deps) {
      const { entries, next } = await deps.history.read(HISTORY_SHOWN);
      const lines = [...entries.map(historyText), ...(next ? [`Earlier changes are not shown.`] : [])];
      return { json: entries, text: lines.join('\n') || 'Nothing was changed yet.' };
    },
  },
  failed: {
    words: [],
    options: ['trigger', 'since'],
    async run(deps, _, { trigger, since }) {
      const all = await failed(deps, { trigger: trigger as Trigger | undefined, since: time(since) });
      const lines = all.map(
        (f) =>
          `${f.id}  ${f.trigger.padEnd(16)}  ${new Date(f.failedAt).toISOString()}  ${f.attempts} attempts  ${f.reason}`,
      );
      return { json: all.map(withoutToken), text: lines.join('\n') || 'Nothing has failed.' };
    },
  },
  redeliver: {
    words: ['[ID]'],
    options: ['trigger', 'since', 'all', 'yes'],
    async run(deps, [id], { trigger, since, all, yes }) {
      if (id === undefined && trigger === undefined && since === undefined && !all)
        throw new UserError('Nothing is chosen: name an ID, --trigger, --since or --all.');
      const chosen = await failed(deps, { id, trigger: trigger as Trigger | undefined, since: time(since) });
      if (chosen.length === 0) throw new UserError('Nothing of that has failed: see crm-triggers failed.');
      const done = yes ? await redeliver(deps, chosen) : await planRedelivery(deps, chosen);
      const rejected = done.filter((d) => d.rejected !== undefined);
      const count = done.length - rejected.length;
      if (!yes) {
        const lines = done.map(
          (d) => `${d.id}  ${d.trigger}${d.rejected === undefined ? '' : `: not sent, ${d.rejected}.`}`,
        );
        const json = chosen.map((f, i) => ({ ...withoutToken(f), ...done[i] }));
        return { json, text: `${lines.join('\n')}\n${count} would be sent again${count > 0 ? ': add --yes' : ''}.` };
      }
      const lines = rejected.map((d) => `${d.id}  ${d.trigger}: not sent, ${d.rejected}.`);
      const text = [...lines, `${count} of ${done.length} are sent again.`].join('\n');
      return { json: done, text, failed: rejected.length > 0 };
    },
  },
  doctor: {
    words: [],
    options: ['before-deploy'],
    alone: ({ stage = 'main', 'before-deploy': before }) => (before ? beforeDeployText(stage) : undefined),
    run: async (deps) => diagnosisText(await doctor(deps)),
  },
  'dead-letters': {
    words: [],
    options: ['send-back'],
    async run(deps, _, { 'send-back': back }) {
      if (back) {
        const { sentBack, left } = await sendBack(deps);
        return {
          json: { sentBack, left },
          text: [...sentBack.map(letterText), sentBackText(sentBack, left)].join('\n'),
        };
      }
      const { deadLetters: shown, notShown } = await deadLetters(deps);
      const lines = [...shown.map(letterText), ...notShownText(notShown)];
      return { json: { deadLetters: shown, notShown }, text: lines.join('\n') || 'There are no dead letters.' };
    },
  },
  backfill: {
    words: ['TRIGGER'],
    options: ['since', 'by', 'pace', 'yes'],
    run: (deps, [trigger], given) => runBackfill(deps, trigger as Trigger, given),
  },
};

type Diagnosis = Pick<Awaited<ReturnType<typeof doctor>>, 'findings' | 'inconclusive'> & {
  readonly notes?: readonly string[];
};

function diagnosisText({ findings, inconclusive, notes = [] }: Diagnosis): Printed {
  const found = findings.map(({ where, what, fix }) => `${oneLine(`${where}: ${what}`)}\n  Fix: ${oneLine(fix)}`);
  const not = inconclusive.map(({ where, because }) => oneLine(`not looked at: ${where}: ${because}`));
  const all = inconclusive.length === 0 ? '' : ' with what could be looked at';
  const well = findings.length === 0 ? [`Nothing is wrong${all}.`] : [];
  const known = notes.map((note) => oneLine(`note: ${note}`));
  const text = [...found, ...not, ...known, ...well].join('\n');
  return { json: { findings, inconclusive, notes }, text, failed: findings.length > 0 };
}

/** Loads its clients only now: no other command needs them. */
async function beforeDeployText(stage: string): Promise<Printed> {
  const { beforeDeploy, stageOf } = await import('../functions/operations/doctor/before-deploy.ts');
  return diagnosisText(await beforeDeploy(stage, await stageOf(stage)));
}

async function* followed(...chosen: Parameters<typeof follow>): AsyncGenerator<Printed> {
  for await (const entry of follow(...chosen)) yield { json: entry, text: entryText(entry) };
}

/** Keeps the progress in a file, so that a backfill that was stopped goes on where it stood. */
async function runBackfill(
  deps: OperationDeps,
  trigger: Trigger,
  { since, by = 'updatedAt', pace = '50', yes = false }: Options,
): Promise<Printed> {
  const perSecond = Number(pace);
  if (!(perSecond > 0 && perSecond <= 1000)) throw new UserError('--pace is how many a second, from 1 to 1000.');
  const kept = new BackfillFile({ trigger, table: deps.crmTables[entityOf(trigger)], since, by });
  const none = { trigger, run: randomUUID(), sent: 0, skipped: 0, done: false };
  let progress: BackfillProgress = yes ? await kept.read() : none;
  // One that was done, and could not remove its file.
  const rest = progress.done ? [] : backfill(deps, progress, { since, by, pace: perSecond, dryRun: !yes });
  for await (progress of rest) {
    if (process.stderr.isTTY) process.stderr.write(`\r${progressBar(progress)}`);
    if (yes) await kept.write(progress);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  if (yes) await kept.remove();
  const { sent, skipped } = progress;
  const without = skipped > 0 ? `, ${skipped} rows without usable ids left out` : '';
  const text = yes ? `${sent} sent${without}` : `${sent} would be sent${without}: add --yes.`;
  return { json: { trigger, sent, skipped, dryRun: !yes }, text };
}

/** How long the table is nobody knows; the bar walks. */
function progressBar({ sent }: BackfillProgress): string {
  const width = 20;
  const at = Math.floor(sent / 100) % width;
  return `[${'·'.repeat(at)}■${'·'.repeat(width - at - 1)}] ${sent} sent`;
}

function lineText({
  trigger,
  url,
  state,
  consecutiveFailures,
  parkedBecause,
  pausedBy,
  headers,
  ...pending
}: TriggerStatus): string {
  const calm = state === 'active' && consecutiveFailures === 0;
  const words = [
    ...(calm ? [] : [state === 'active' ? `failing (${consecutiveFailures} in a row)` : state]),
    ...(parkedBecause ? [parkedBecause] : []),
    ...(pausedBy === 'gone' ? ['the receiver responded with 410 Gone'] : []),
    ...[pendingText(pending)].filter(Boolean),
    ...(headers.length > 0 ? [`sends ${headers.join(', ')}`] : []),
  ];
  return `${trigger.padEnd(16)}  ${url ?? '-'}${words.length > 0 ? `  (${words.join(', ')})` : ''}`;
}

/** Also messages that deliver has not received yet, and so are counted at no trigger. */
function queueText(queued: number | null): string[] {
  if (queued === null)
    return ['The number of messages in the delivery queue is not known: sqs:GetQueueAttributes failed.'];
  if (queued === 0) return [];
  const messages = queued === 1 ? '1 message is' : `${queued} messages are`;
  return [`${messages} in the delivery queue, including those waiting for retry.`];
}

function letterText({ id, sentAt, reason }: DeadLetter): string {
  return oneLine(`${id}  ${sentAt}  ${reason}`);
}

function sentBackText(sentBack: readonly DeadLetter[], left: number): string {
  if (sentBack.length === 0 && left === 0) return 'There are no dead letters.';
  const more = left === 0 ? '' : ' They came during this run, or another program is receiving them.';
  return `${sentBack.length} sent back, ${left} left.${more}`;
}

function notShownText(notShown: number): string[] {
  if (notShown === 0) return [];
  const because = 'SQS gives out at most ten of a record until these are deleted';
  return [`${notShown} more cannot be shown yet: ${because}. --send-back sends all of them.`];
}

/** The token means nothing to anybody else. */
function withoutToken({ token: _, ...shown }: Failed): Omit<Failed, 'token'> {
  return shown;
}

function historyText({ at, who, trigger, what, from, to }: HistoryEntry): string {
  const words = `${trigger.padEnd(16)}  ${what}: ${from ?? '-'} -> ${to ?? '-'}  by ${who}`;
  return `${new Date(at).toISOString()}  ${oneLine(words)}`;
}

function time(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new UserError(`"${text}" is no time: write it like 2026-11-23 or 2026-11-23T09:00Z.`);
  return at;
}
