import * as z from 'zod/mini';
import { setUrl } from '../../operations/set-url.ts';
import { importFile, maskedImport, planFile, readForExport, urlFileOf } from '../../operations/url-file.ts';
import { route } from './route.ts';
import { trigger, url } from './shapes.ts';
import { tagOf, tagOfAll, versionOf, versionsOf } from './versions.ts';

/** `null`: no limit. */
const settingValue = z.nullable(z.union([z.number(), z.boolean()]));

/** A trigger in a file: its URL or `null`; an object if it has settings. */
const fileEntry = z.union([
  url,
  z.object({ url, maxPerSecond: z.optional(z.nullable(z.number())), coalesce: z.optional(z.boolean()) }),
]);

/** A change of a setting, or of a URL. */
const imported = z.union([
  z.object({ trigger, setting: z.enum(['maxPerSecond', 'coalesce']), was: settingValue, is: settingValue }),
  z.object({ trigger, was: url, is: url, pending: z.optional(z.int()) }),
]);

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
      'Return all URLs and settings as a file for version control, without credentials; its ETag is the If-Match of an import',
    /** With `true`, the URLs keep their credentials. Viewers always get masked URLs. */
    query: z.object({ withSecrets: z.optional(z.enum(['true', 'false'])) }),
    response: z.partialRecord(trigger, fileEntry),
    async run({ deps, role, query: { withSecrets } }) {
      const now = await readForExport(deps, role === 'admin' && withSecrets === 'true');
      return { json: urlFileOf(now), etag: tagOfAll(now) };
    },
  }),
  route({
    method: 'POST',
    path: '/import',
    role: 'admin',
    summary:
      'Set the URLs and settings of such a file; null clears a URL, and what the file omits does not change. With dryRun, return the changes and make none',
    query: z.object({ dryRun: z.optional(z.enum(['true', 'false'])) }),
    body: z.record(z.string(), z.unknown()),
    response: z.object({ imported: z.array(imported) }),
    locked: true,
    async run({ deps, body, query: { dryRun }, expectedVersion }) {
      const changes = await (dryRun === 'true' ? planFile : importFile)(deps, body, versionsOf(expectedVersion));
      return { json: { imported: changes.map(maskedImport) } };
    },
  }),
] as const;
