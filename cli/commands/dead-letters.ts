import { oneLine } from '../../functions/core/printable.ts';
import { deadLetters, sendBack } from '../../functions/operations/dead-letters.ts';
import type { DeadLetter } from '../../functions/operations/letter-queue.ts';
import type { Command } from '../command.ts';

export const deadLettersCommand: Command = {
  summary: 'Print the messages that no code could read',
  details:
    'SQS returns at most ten messages of a record at a time. The command prints the number of messages that it cannot show yet.',
  examples: ['dead-letters', 'dead-letters --send-back'],
  tool: { writes: false, without: ['send-back'] },
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
};

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
