import type { Trigger } from '../../functions/core/entity.ts';
import { maskedUrl } from '../../functions/core/masked-url.ts';
import { type ForwardedCall, forwardCalls } from '../../functions/operations/forward-calls.ts';
import type { Command, Printed } from '../command.ts';
import { Misuse } from '../misuse.ts';
import type { Column } from '../table.ts';

export const listenCommand: Command = {
  summary: 'Forward the calls of a trigger to a server on this machine, until Ctrl-C',
  details:
    'The URL of the trigger does not change. Each call in the delivery log is copied, and signed for the local URL with the secrets of the trigger. The copies are not logged, counted or repeated. They have no custom headers, and `crm-trigger-sequence` is 0. The trigger needs a URL, and the setting `deliveryLog` must be `all`.',
  examples: ['listen customer.create --forward http://localhost:3000/hook'],
  words: ['TRIGGER'],
  options: ['forward'],
  check(_, { forward }) {
    if (forward === undefined) throw new Misuse('listen needs --forward with a URL of this machine.');
  },
  async run(deps, [trigger], { forward = '' }) {
    return { json: undefined, text: '', more: printedCalls(deps, trigger as Trigger, forward) };
  },
};

async function* printedCalls(...chosen: Parameters<typeof forwardCalls>): AsyncGenerator<Printed> {
  const [, trigger, url] = chosen;
  process.stderr.write(`Calls of ${trigger} are forwarded to ${maskedUrl(url)}. Press Ctrl-C to stop.\n`);
  for await (const call of forwardCalls(...chosen)) yield printedCall(call);
}

const columns: readonly Column[] = [
  { head: 'TIME', least: 24 },
  { head: 'LOCAL RESPONSE', least: 20, color: (response) => (response.startsWith('HTTP 2') ? 'green' : 'red') },
  { head: 'ID', least: 36, below: 'together' },
  { head: 'FORMATTED STRING', below: 'together' },
];

function printedCall({ entry, response, isDelivered, milliseconds }: ForwardedCall): Printed {
  const { at, id, trigger, formattedString, attempt, outcome } = entry;
  const cells = [new Date(at).toISOString(), `${response}, ${milliseconds} ms`, id, formattedString];
  return {
    json: { at, id, trigger, formattedString, attempt, outcome, local: { response, isDelivered, milliseconds } },
    text: '',
    table: { columns, rows: [{ cells }] },
  };
}
