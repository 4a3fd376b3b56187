import * as z from 'zod/mini';
import { removeHeader, rotateSecret, setHeader, showSecret } from '../../operations/signing-secrets.ts';
import { type Route, route } from './route.ts';
import { trigger } from './shapes.ts';

const shown = z.object({
  trigger,
  secret: z.string(),
  replaced: z.readonly(z.array(z.object({ secret: z.string(), until: z.number() }))),
});
const header = z.object({ trigger, header: z.string(), set: z.boolean() });

/** The routes for secrets and custom headers. */
export const secretRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/triggers/{trigger}/secret',
    summary: 'What its calls are signed with',
    response: shown,
    run: async ({ deps, trigger }) => ({ json: await showSecret(deps, trigger) }),
  }),
  route({
    method: 'POST',
    path: '/triggers/{trigger}/secret',
    summary: 'Sign with a new one; the old one signs too for another 24 hours',
    response: shown,
    run: async ({ deps, trigger }) => ({ json: await rotateSecret(deps, trigger) }),
  }),
  route({
    method: 'PUT',
    path: '/triggers/{trigger}/headers/{name}',
    summary: 'Send a header with each call; its value is never shown again',
    body: z.object({ value: z.string() }),
    response: header,
    run: async ({ deps, trigger, name, body }) => ({
      json: { trigger, header: await setHeader(deps, trigger, name, body.value), set: true },
    }),
  }),
  route({
    method: 'DELETE',
    path: '/triggers/{trigger}/headers/{name}',
    summary: 'Send a header no more',
    response: header,
    run: async ({ deps, trigger, name }) => ({
      json: { trigger, header: await removeHeader(deps, trigger, name), set: false },
    }),
  }),
];
