import { settingText } from '../../functions/core/trigger-settings.ts';
import { pendingText } from '../../functions/operations/pending.ts';
import { queueSize } from '../../functions/operations/queue-size.ts';
import { listMasked, type TriggerStatus } from '../../functions/operations/trigger-status.ts';
import type { Command } from '../command.ts';
import type { Column, Row } from '../table.ts';
import type { Color } from '../view.ts';

export const listCommand: Command = {
  summary: 'Print all triggers: URL, status and pending notifications',
  details:
    'Pending notifications wait for a retry, wait for an earlier notification of their record, or are in the backlog. The last line is the number of messages in the delivery queue.',
  examples: ['list', 'list --json'],
  tool: { writes: false },
  words: [],
  async run(deps) {
    const [lines, queued] = await Promise.all([listMasked(deps), queueSize(deps)]);
    return { json: lines, table: { columns, rows: lines.map(rowOf) }, text: queueText(queued) };
  },
};

const stateColors: Readonly<Record<string, Color>> = {
  active: 'green',
  failing: 'red',
  parked: 'red',
  draining: 'yellow',
  finishing: 'yellow',
  paused: 'yellow',
};

const columns: readonly Column[] = [
  { head: 'TRIGGER' },
  { head: 'STATUS', color: (status) => stateColors[status] },
  { head: 'PENDING' },
  { head: 'URL' },
  { head: 'DETAILS', below: 'together' },
];

function rowOf({
  trigger,
  url,
  state,
  consecutiveFailures,
  parkedBecause,
  isThrottled,
  pausedBy,
  headers,
  maxPerSecond,
  coalesce,
  throttledRate,
  oauth,
  certificate,
  ...pending
}: TriggerStatus): Row {
  const isFailing = state === 'active' && consecutiveFailures > 0;
  const details = [
    ...(isFailing ? [`${consecutiveFailures} failures in a row`] : []),
    ...(isThrottled ? [`throttled by the receiver${throttledRate ? ` to about ${throttledRate}/s` : ''}`] : []),
    ...(parkedBecause ? [parkedBecause] : []),
    ...(pausedBy === 'gone' ? ['the receiver responded with 410 Gone'] : []),
    // Without parts, it only repeats the number.
    ...[pendingText(pending)].filter((text) => text.includes('(')),
    ...[settingText('maxPerSecond', maxPerSecond), settingText('coalesce', coalesce)].filter(
      (text) => text !== undefined,
    ),
    ...(headers.length > 0 ? [`sends ${headers.join(', ')}`] : []),
    ...(oauth ? [`tokens from ${oauth.tokenUrl}`] : []),
    ...(certificate ? [`client certificate until ${new Date(certificate.expiresAt).toISOString().slice(0, 10)}`] : []),
  ];
  const status = isFailing ? 'failing' : url === null && state === 'active' ? '-' : state;
  return { cells: [trigger, status, String(pending.waiting), url ?? '-', details.join(', ')] };
}

/** This number includes messages that deliver has not received yet. The numbers of the triggers do not. */
function queueText(queued: number | null): string {
  if (queued === null) return 'The size of the delivery queue is not known: sqs:GetQueueAttributes failed.';
  if (queued === 0) return '';
  const messages = queued === 1 ? '1 message is' : `${queued} messages are`;
  return `${messages} in the delivery queue, including those waiting for retry.`;
}
