import * as z from 'zod/mini';
import { triggers } from '../../core/entity.ts';
import { pause, resume } from '../../operations/pause.ts';
import { queueSize } from '../../operations/queue-size.ts';
import { test } from '../../operations/send-test.ts';
import { setUrl } from '../../operations/set-url.ts';
import { list } from '../../operations/trigger-status.ts';
import { importFile, urlFileOf } from '../../operations/url-file.ts';
import { type Route, route } from './route.ts';
import { done, rules, status, trigger, url } from './shapes.ts';
import { tagOf, tagOfAll, versionOf, versionsOf } from './versions.ts';

const kept = z.object({ trigger, url, version: z.int() });
const urlFile = z.partialRecord(trigger, url);

/** The routes for URLs, tests, pause and resume. */
export const triggerRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/triggers',
    summary: 'All triggers: their URLs and their status; the URLs that are allowed; the messages in the delivery queue',
    // `null`: SQS does not say.
    response: z.object({ triggers: z.array(status), rules, queued: z.nullable(z.int()) }),
    async run({ deps }) {
      const [triggers, queued] = await Promise.all([list(deps), queueSize(deps)]);
      return { json: { triggers, rules: deps.rules, queued } };
    },
  }),
  route({
    method: 'PUT',
    path: '/triggers/{trigger}/url',
    summary: 'Set a URL; it is called from 5 s later on',
    body: z.object({ url: z.string() }),
    response: kept,
    locked: true,
    async run({ deps, trigger, body, expectedVersion }) {
      const { pending: _, ...now } = await setUrl(deps, trigger, body.url, versionOf(expectedVersion));
      return { json: { trigger, ...now }, etag: tagOf(now.version) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/triggers/{trigger}/url',
    summary: 'Clear a URL: no calls are made, and pending notifications (so many) move to Failed',
    response: z.extend(kept, { pending: z.int() }),
    locked: true,
    async run({ deps, trigger, expectedVersion }) {
      const now = await setUrl(deps, trigger, null, versionOf(expectedVersion));
      return { json: { trigger, ...now }, etag: tagOf(now.version) };
    },
  }),
  route({
    method: 'POST',
    path: '/triggers/{trigger}/test',
    summary: 'Send invented ids the whole way, and say the response; this may take a minute',
    response: z.object({
      trigger,
      delivered: z.boolean(),
      response: z.string(),
      milliseconds: z.number(),
      body: z.string(),
      formattedString: z.string(),
    }),
    run: async ({ deps, trigger }) => ({ json: { trigger, ...(await test(deps, trigger)) } }),
  }),
  route({
    method: 'POST',
    path: '/triggers/{trigger}/pause',
    summary: 'Let its notifications wait in its backlog',
    response: done,
    async run({ deps, trigger }) {
      await pause(deps, trigger);
      return { json: { trigger } };
    },
  }),
  route({
    method: 'POST',
    path: '/triggers/{trigger}/resume',
    summary: 'Deliver pending notifications, in order, and then new ones; rejected without a URL',
    response: done,
    async run({ deps, trigger }) {
      await resume(deps, trigger);
      return { json: { trigger } };
    },
  }),
  route({
    method: 'GET',
    path: '/export',
    summary: 'All URLs, for a file under version control; the ETag is what an import must have seen',
    response: urlFile,
    async run({ deps }) {
      const now = await deps.triggersTable.read(triggers);
      return { json: urlFileOf(now), etag: tagOfAll(now) };
    },
  }),
  route({
    method: 'POST',
    path: '/import',
    summary: 'Set the URLs of such a file; null clears one, what is left out stays',
    body: z.record(z.string(), z.unknown()),
    response: z.object({
      imported: z.array(z.object({ trigger, was: url, is: url, pending: z.optional(z.int()) })),
    }),
    locked: true,
    run: async ({ deps, body, expectedVersion }) => ({
      json: { imported: await importFile(deps, body, versionsOf(expectedVersion)) },
    }),
  }),
];
