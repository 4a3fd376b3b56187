import { exportUrls, exportWithHeaders } from '../../functions/operations/url-file.ts';
import type { Command } from '../command.ts';

export const exportUrlsCommand: Command = {
  summary: 'Print all URLs and settings as JSON, for a file under version control',
  details:
    'A trigger with a limit or with merging is an object with `url`, `maxPerSecond` and `coalesce`. Passwords and the values of queries are masked. `import` keeps the stored URL where the file has its masked form. Secrets, values of headers, OAuth clients and client certificates are not exported.',
  examples: ['export > urls.json', 'export --with-secrets > urls.json', 'export --with-headers'],
  tool: { writes: false, without: ['with-secrets'] },
  words: [],
  options: ['with-headers', 'with-secrets'],
  async run(deps, _, { 'with-headers': withHeaders, 'with-secrets': withSecrets = false }) {
    const urls = await (withHeaders ? exportWithHeaders : exportUrls)(deps, withSecrets);
    return { json: urls, text: JSON.stringify(urls, null, 2) };
  },
};
