import { pendingText } from '../../functions/operations/pending.ts';
import { queueSize } from '../../functions/operations/queue-size.ts';
import { listMasked, type TriggerStatus } from '../../functions/operations/trigger-status.ts';
import type { Command } from '../command.ts';

export const listCommand: Command = {
  summary: 'Print all triggers: URL, status and pending notifications',
  details:
    'Pending notifications wait for a retry, wait for an earlier notification of their record, or are in the backlog. The last line is the number of messages in the delivery queue.',
  examples: ['list', 'list --json'],
  words: [],
  async run(deps) {
    const [lines, queued] = await Promise.all([listMasked(deps), queueSize(deps)]);
    return { json: lines, text: [...lines.map(lineText), ...queueText(queued)].join('\n') };
  },
};

function lineText({
  trigger,
  url,
  state,
  consecutiveFailures,
  parkedBecause,
  isThrottled,
  pausedBy,
  headers,
  ...pending
}: TriggerStatus): string {
  const calm = state === 'active' && consecutiveFailures === 0;
  const words = [
    ...(calm ? [] : [state === 'active' ? `failing (${consecutiveFailures} in a row)` : state]),
    ...(isThrottled ? ['throttled by the receiver'] : []),
    ...(parkedBecause ? [parkedBecause] : []),
    ...(pausedBy === 'gone' ? ['the receiver responded with 410 Gone'] : []),
    ...[pendingText(pending)].filter(Boolean),
    ...(headers.length > 0 ? [`sends ${headers.join(', ')}`] : []),
  ];
  return `${trigger.padEnd(16)}  ${url ?? '-'}${words.length > 0 ? `  (${words.join(', ')})` : ''}`;
}

/** This number includes messages that deliver has not received yet. The numbers of the triggers do not. */
function queueText(queued: number | null): string[] {
  if (queued === null)
    return ['The number of messages in the delivery queue is not known: sqs:GetQueueAttributes failed.'];
  if (queued === 0) return [];
  const messages = queued === 1 ? '1 message is' : `${queued} messages are`;
  return [`${messages} in the delivery queue, including those waiting for retry.`];
}
