import { type Imported, importDiff } from '../../functions/core/import-diff.ts';
import { settingText } from '../../functions/core/trigger-settings.ts';
import { clearedText } from '../../functions/operations/pending.ts';
import { importUrls, maskedImport, planImport } from '../../functions/operations/url-file.ts';
import type { Command, Printed } from '../command.ts';

export const importUrlsCommand: Command = {
  summary: 'Set the URLs and settings in a file that `export` printed',
  details:
    '`-` reads standard input. `null` removes a URL. In an object with `url`, `maxPerSecond` sets the limit (`null` removes it) and `coalesce` the merging. Triggers and settings that the file does not name do not change. A file with an error changes nothing. The headers in a file must exist, because a file does not have their values.',
  examples: ['import urls.json --dry-run', 'import urls.json'],
  tool: { writes: true, preview: { 'dry-run': true }, confirmed: {} },
  words: ['FILE'],
  options: ['dry-run'],
  reads: ([file]) => file,
  async run(deps, [, json = ''], { 'dry-run': dryRun }) {
    if (dryRun) return diffOf(await planImport(deps, json));
    const imported = (await importUrls(deps, json)).map(maskedImport);
    const text = imported.map((change) => `${change.trigger.padEnd(16)}  ${doneText(change)}`);
    return { json: imported, text: text.join('\n') || NOTHING };
  },
};

const NOTHING = 'Nothing to change: all is as in the file.';

function diffOf(planned: readonly Imported[]): Printed {
  const changes = planned.map(maskedImport);
  const lines = importDiff(changes).map(({ sign, trigger, text }) => `${sign} ${trigger.padEnd(16)}  ${text}`);
  const count = `${changes.length} would change; nothing was changed.`;
  return { json: changes, text: changes.length === 0 ? NOTHING : [...lines, count].join('\n') };
}

function doneText(change: Imported): string {
  if (!('setting' in change)) return change.is ?? `no URL is set. ${clearedText(change.pending ?? 0)}`;
  const { setting, was, is } = change;
  return settingText(setting, is) ?? `no more: ${settingText(setting, was)}`;
}
