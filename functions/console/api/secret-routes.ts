import * as z from 'zod/mini';
import { expireReplaced, removeHeader, rotateSecret, setHeader, showSecret } from '../../operations/signing-secrets.ts';
import { route } from './route.ts';
import { trigger } from './shapes.ts';

const signingSecret = z.object({
  trigger,
  secret: z.string(),
  /** Earlier secrets that still sign; `until` is in epoch milliseconds. */
  replaced: z.readonly(z.array(z.object({ secret: z.string(), until: z.number() }))),
});

export type SigningSecret = z.output<typeof signingSecret>;

const header = z.object({ trigger, header: z.string(), set: z.boolean() });

/** Signing secrets and custom headers. */
export const secretRoutes = [
  route({
    method: 'GET',
    path: '/triggers/{trigger}/secret',
    role: 'admin',
    summary: 'Return the signing secret',
    response: signingSecret,
    run: async ({ deps, trigger }) => ({ json: await showSecret(deps, trigger) }),
  }),
  route({
    method: 'POST',
    path: '/triggers/{trigger}/secret',
    role: 'admin',
    summary: 'Create a new signing secret; the old one also signs for 24 hours',
    response: signingSecret,
    run: async ({ deps, trigger }) => ({ json: await rotateSecret(deps, trigger) }),
  }),
  route({
    method: 'DELETE',
    path: '/triggers/{trigger}/secret/replaced',
    role: 'admin',
    summary: 'Expire the replaced secrets now: only the current one signs',
    response: signingSecret,
    run: async ({ deps, trigger }) => ({ json: await expireReplaced(deps, trigger) }),
  }),
  route({
    method: 'PUT',
    path: '/triggers/{trigger}/headers/{name}',
    role: 'admin',
    summary: 'Send a custom header with each call; its value cannot be read again',
    body: z.object({ value: z.string() }),
    response: header,
    run: async ({ deps, trigger, name, body }) => ({
      json: { trigger, header: await setHeader(deps, trigger, name, body.value), set: true },
    }),
  }),
  route({
    method: 'DELETE',
    path: '/triggers/{trigger}/headers/{name}',
    role: 'admin',
    summary: 'Remove a custom header',
    response: header,
    run: async ({ deps, trigger, name }) => ({
      json: { trigger, header: await removeHeader(deps, trigger, name), set: false },
    }),
  }),
] as const;
