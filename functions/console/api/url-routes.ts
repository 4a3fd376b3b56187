import * as z from 'zod/mini';
import { setUrl } from '../../operations/set-url.ts';
import { importFile, maskedImport, readForExport, urlFileOf } from '../../operations/url-file.ts';
import { route } from './route.ts';
import { trigger, url } from './shapes.ts';
import { tagOf, tagOfAll, versionOf, versionsOf } from './versions.ts';

const storedUrl = z.object({ trigger, url, version: z.int() });

/** Set and clear URLs, one at a time or all with a file. */
export const urlRoutes = [
  route({
    method: 'PUT',
    path: '/triggers/{trigger}/url',
    role: 'admin',
    summary: 'Set a URL; it takes effect within 5 seconds',
    body: z.object({ url: z.string() }),
    response: storedUrl,
    locked: true,
    async run({ deps, trigger, body, expectedVersion }) {
      const { url, version } = await setUrl(deps, trigger, body.url, versionOf(expectedVersion));
      return { json: { trigger, url, version }, etag: tagOf(version) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/triggers/{trigger}/url',
    role: 'admin',
    summary: 'Clear a URL: no calls are made, and pending notifications (their number is returned) move to Failed',
    response: z.extend(storedUrl, { pending: z.int() }),
    locked: true,
    async run({ deps, trigger, expectedVersion }) {
      const stored = await setUrl(deps, trigger, null, versionOf(expectedVersion));
      return { json: { trigger, ...stored }, etag: tagOf(stored.version) };
    },
  }),
  route({
    method: 'GET',
    path: '/export',
    role: 'viewer',
    summary:
      'Return all URLs as a file for version control, without credentials; its ETag is the If-Match of an import',
    /** With `true`, the URLs keep their credentials. Viewers always get masked URLs. */
    query: z.object({ withSecrets: z.optional(z.enum(['true', 'false'])) }),
    response: z.partialRecord(trigger, url),
    async run({ deps, role, query: { withSecrets } }) {
      const now = await readForExport(deps, role === 'admin' && withSecrets === 'true');
      return { json: urlFileOf(now), etag: tagOfAll(now) };
    },
  }),
  route({
    method: 'POST',
    path: '/import',
    role: 'admin',
    summary: 'Set the URLs of such a file; null clears a URL, and a trigger that the file omits keeps its URL',
    body: z.record(z.string(), z.unknown()),
    response: z.object({
      imported: z.array(z.object({ trigger, was: url, is: url, pending: z.optional(z.int()) })),
    }),
    locked: true,
    run: async ({ deps, body, expectedVersion }) => ({
      json: { imported: (await importFile(deps, body, versionsOf(expectedVersion))).map(maskedImport) },
    }),
  }),
] as const;
