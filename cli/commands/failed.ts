import type { Failed } from '../../functions/adapters/backlog-items.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { failed } from '../../functions/operations/failed.ts';
import type { Command } from '../command.ts';
import { readTime } from '../time.ts';

export const failedCommand: Command = {
  summary: 'Print the notifications in Failed, and why they are there',
  examples: ['failed --since yesterday'],
  words: [],
  options: ['trigger', 'since'],
  async run(deps, _, { trigger, since }) {
    const all = await failed(deps, { trigger: trigger as Trigger | undefined, since: readTime(since) });
    const lines = all.map(
      (f) =>
        `${f.id}  ${f.trigger.padEnd(16)}  ${new Date(f.failedAt).toISOString()}  ${f.attempts} attempts  ${f.reason}`,
    );
    return { json: all.map(withoutToken), text: lines.join('\n') || 'Nothing has failed.' };
  },
};

/** Leaves out the token, which is internal. */
export function withoutToken({ token: _, ...shown }: Failed): Omit<Failed, 'token'> {
  return shown;
}
