import { clearedText } from '../../functions/operations/pending.ts';
import { type Imported, importUrls, maskedImport, planImport } from '../../functions/operations/url-file.ts';
import type { Command, Printed } from '../command.ts';

export const importUrlsCommand: Command = {
  summary: 'Set the URLs in a file that `export` printed',
  details:
    '`-` reads standard input. `null` removes a URL; triggers that the file does not name do not change. A file with an error changes nothing. The headers in a file must exist, because a file does not have their values.',
  examples: ['import urls.json --dry-run', 'import urls.json'],
  tool: { writes: true, preview: { 'dry-run': true }, confirmed: {} },
  words: ['FILE'],
  options: ['dry-run'],
  reads: ([file]) => file,
  async run(deps, [, json = ''], { 'dry-run': dryRun }) {
    if (dryRun) return diffOf(await planImport(deps, json));
    const imported = (await importUrls(deps, json)).map(maskedImport);
    const text = imported.map(
      ({ trigger, is, pending = 0 }) => `${trigger.padEnd(16)}  ${is ?? `no URL is set. ${clearedText(pending)}`}`,
    );
    return { json: imported, text: text.join('\n') || NOTHING };
  },
};

const NOTHING = 'Nothing to change: all is as in the file.';

function diffOf(planned: readonly Imported[]): Printed {
  const changes = planned.map(maskedImport);
  const lines = changes.flatMap(({ trigger, was, is }) => [
    ...(was === null ? [] : [`- ${trigger.padEnd(16)}  ${was}`]),
    ...(is === null ? [] : [`+ ${trigger.padEnd(16)}  ${is}${is === was ? '  (a masked value differs)' : ''}`]),
  ]);
  const count = `${changes.length} would change; nothing was changed.`;
  return { json: changes, text: changes.length === 0 ? NOTHING : [...lines, count].join('\n') };
}
