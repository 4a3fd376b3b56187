import { entityOf, type Trigger } from '../../functions/core/entity.ts';
import { type BackfillProgress, backfill } from '../../functions/operations/backfill.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { BackfillFile, newBackfill } from '../backfill-file.ts';
import { type Command, type Options, type Printed, TOOL_SECONDS } from '../command.ts';
import { Misuse } from '../misuse.ts';

export const backfillCommand: Command = {
  summary: 'Send the create or edit of every row, for a URL that was set after the rows were written',
  details:
    'If it was stopped, the same command continues where it stopped. As a tool it stops after 40 seconds, and returns `done: false`: call it again to continue.',
  tool: {
    writes: true,
    preview: {},
    confirmed: { yes: true },
    run: (deps, [trigger], given) => runBackfill(deps, trigger as Trigger, given, Date.now() + TOOL_SECONDS * 1000),
  },
  examples: ['backfill customer.create', 'backfill customer.create --since 2026-11-01 --yes'],
  words: ['TRIGGER'],
  options: ['since', 'by', 'pace', 'yes'],
  optionRows: {
    since: ['VALUE', 'only rows whose attribute has this value or a greater one, as text or as a number: 2026-11-01'],
  },
  check([trigger = ''], { since, by }) {
    const [entity, action] = trigger.split('.');
    if (action === 'delete') throw new Misuse(`A deleted ${entity} has no row to send.`, `Backfill ${entity}.create.`);
    if (by !== undefined && since === undefined) throw new Misuse('--by is possible only with --since.');
  },
  run: (deps, [trigger], given) => runBackfill(deps, trigger as Trigger, given),
};

/**
 * Stores the progress in a file, so that a stopped backfill continues.
 *
 * @param end It stops after this time, in epoch milliseconds.
 */
async function runBackfill(
  deps: OperationDeps,
  trigger: Trigger,
  { since, by = 'updatedAt', pace = '50', yes = false }: Options,
  end = Number.POSITIVE_INFINITY,
): Promise<Printed> {
  const perSecond = Number(pace);
  const file = new BackfillFile({ trigger, table: deps.crmTables[entityOf(trigger)], since, by });
  let progress: BackfillProgress = yes ? await file.read() : newBackfill(trigger);
  // The file of a finished backfill remains if it could not be deleted.
  const rest = progress.done ? [] : backfill(deps, progress, { since, by, pace: perSecond, dryRun: !yes });
  for await (progress of rest) {
    if (process.stderr.isTTY) process.stderr.write(`\r${progressBar(progress)}`);
    if (yes) await file.write(progress);
    if (Date.now() >= end) break;
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  const { sent, skipped, done } = progress;
  if (yes && done) await file.remove();
  const without = skipped > 0 ? `, ${skipped} rows without usable ids left out` : '';
  const text = yes ? `${sent} sent${without}` : `${sent} would be sent${without}: add --yes.`;
  return { json: { trigger, sent, skipped, dryRun: !yes, done }, text };
}

/** A mark that moves: the number of rows in the table is unknown. */
function progressBar({ sent }: BackfillProgress): string {
  const width = 20;
  const at = Math.floor(sent / 100) % width;
  return `[${'·'.repeat(at)}■${'·'.repeat(width - at - 1)}] ${sent} sent`;
}
