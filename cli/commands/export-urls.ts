import { exportUrls } from '../../functions/operations/url-file.ts';
import type { Command } from '../command.ts';

export const exportUrlsCommand: Command = {
  summary: 'Print all URLs as JSON, for a file under version control',
  examples: ['export > urls.json'],
  words: [],
  async run(deps) {
    const urls = await exportUrls(deps);
    return { json: urls, text: JSON.stringify(urls, null, 2) };
  },
};
