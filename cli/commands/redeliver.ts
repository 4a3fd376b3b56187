import type { Trigger } from '../../functions/core/entity.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { failed, redeliver } from '../../functions/operations/failed.ts';
import { planRedelivery } from '../../functions/operations/send-again.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { type Command, type Options, type Printed, TOOL_SECONDS } from '../command.ts';
import { Misuse } from '../misuse.ts';
import { resultText, sentText } from '../sent-text.ts';
import { readTime } from '../time.ts';
import { redeliverRange } from './delivered-range.ts';
import { withoutToken } from './failed.ts';

export const redeliverCommand: Command = {
  summary: 'Send failed or delivered notifications again, if their triggers have URLs',
  details:
    'Choose a failed notification by its ID, or several with `--trigger`, `--since` or `--all`. With `--delivered`, it sends what was delivered between `--since` and `--until`, from the delivery log. A repeat has the same `webhook-id`. In a terminal, `--delivered` asks before it sends.',
  examples: [
    'redeliver --trigger customer.create',
    'redeliver --trigger customer.create --yes',
    'redeliver --delivered --trigger customer.create --since 2026-11-23T09:00Z --until 2026-11-23T10:00Z',
  ],
  tool: {
    writes: true,
    preview: { json: true },
    confirmed: { yes: true },
    run: (deps, words, options) => run(deps, words, options, TOOL_SECONDS),
  },
  words: ['[ID]'],
  options: ['trigger', 'since', 'all', 'delivered', 'until', 'pace', 'yes'],
  optionRows: { pace: ['PER-SECOND', 'with --delivered: notifications per second, from 1 to 1000 (50)'] },
  check,
  run: (deps, words, options) => run(deps, words, options),
};

/** @param most The maximum duration of a redelivery of a range, in seconds. */
async function run(deps: OperationDeps, [id]: readonly string[], options: Options, most?: number): Promise<Printed> {
  const { trigger, since, yes } = options;
  if (options.delivered) return redeliverRange(deps, options, most);
  const chosen = await failed(deps, { id, trigger: trigger as Trigger | undefined, since: readTime(since) });
  if (chosen.length === 0)
    throw new UserError('No notification in Failed matches. To list all of them, run crm-triggers failed.');
  const done = yes ? await redeliver(deps, chosen) : await planRedelivery(deps, chosen);
  if (yes) return sentText(done);
  const count = done.filter(({ rejected }) => rejected === undefined).length;
  const lines = done.map(resultText);
  const json = chosen.map((f, i) => ({ ...withoutToken(f), ...done[i] }));
  return { json, text: `${lines.join('\n')}\n${count} would be sent again${count > 0 ? ': add --yes' : ''}.` };
}

function check([id]: readonly string[], { trigger, since, until, all, delivered, pace }: Options): void {
  if (!delivered) {
    if ((until ?? pace) !== undefined) throw new Misuse('--until and --pace are possible only with --delivered.');
    if ((id ?? trigger ?? since) === undefined && !all)
      throw new Misuse('No notification is chosen.', 'Give an ID, --trigger, --since or --all.');
    if (id !== undefined && (all || (trigger ?? since) !== undefined))
      throw new Misuse('An ID chooses one notification.', 'Give no --trigger, --since or --all.');
    return;
  }
  if (id !== undefined || all) throw new Misuse('--delivered takes no ID and no --all.', 'Give --since and --until.');
  if (since === undefined) throw new Misuse('--delivered needs --since.');
  const now = Date.now();
  if ((readTime(since, now) ?? 0) >= (readTime(until, now) ?? now)) throw new Misuse('--until must be after --since.');
}
