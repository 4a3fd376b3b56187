import { maskedUrl } from '../../functions/core/masked-url.ts';
import { clearedText } from '../../functions/operations/pending.ts';
import { importUrls } from '../../functions/operations/url-file.ts';
import type { Command } from '../command.ts';

export const importUrlsCommand: Command = {
  summary: 'Set the URLs in a file that `export` printed',
  details:
    '`-` reads standard input. `null` removes a URL; triggers that the file does not name do not change. A file with an error changes nothing.',
  examples: ['import urls.json'],
  words: ['FILE'],
  reads: ([file]) => file,
  async run(deps, [, json = '']) {
    const mask = (url: string | null) => (url === null ? null : maskedUrl(url));
    const changes = await importUrls(deps, json);
    const imported = changes.map((change) => ({ ...change, was: mask(change.was), is: mask(change.is) }));
    const text = imported.map(
      ({ trigger, is, pending = 0 }) => `${trigger.padEnd(16)}  ${is ?? `no URL is set. ${clearedText(pending)}`}`,
    );
    return { json: imported, text: text.join('\n') || 'Nothing to change: all is as in the file.' };
  },
};
