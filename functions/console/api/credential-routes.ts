import * as z from 'zod/mini';
import { removeCertificate, removeOauth, setCertificate, setOauth } from '../../operations/credentials.ts';
import { route } from './route.ts';
import { certificate, oauth, trigger } from './shapes.ts';

/** OAuth clients and client certificates. */
export const credentialRoutes = [
  route({
    method: 'PUT',
    path: '/triggers/{trigger}/oauth',
    role: 'admin',
    summary: 'Send an access token of an OAuth client with each call; its secret cannot be read again',
    body: z.object({
      tokenUrl: z.string(),
      clientId: z.string(),
      clientSecret: z.string(),
      scope: z.optional(z.string()),
      audience: z.optional(z.string()),
    }),
    response: z.object({ trigger, oauth }),
    run: async ({ deps, trigger, body }) => ({ json: { trigger, oauth: await setOauth(deps, trigger, body) } }),
  }),
  route({
    method: 'DELETE',
    path: '/triggers/{trigger}/oauth',
    role: 'admin',
    summary: 'Remove the OAuth client',
    response: z.object({ trigger, oauth }),
    run: async ({ deps, trigger }) => {
      await removeOauth(deps, trigger);
      return { json: { trigger, oauth: null } };
    },
  }),
  route({
    method: 'PUT',
    path: '/triggers/{trigger}/certificate',
    role: 'admin',
    summary: 'Present a client certificate with each call; its private key cannot be read again',
    // The certificate, its private key and its chain, as PEM.
    body: z.object({ pem: z.string() }),
    response: z.object({ trigger, certificate }),
    run: async ({ deps, trigger, body }) => ({
      json: { trigger, certificate: await setCertificate(deps, trigger, body.pem) },
    }),
  }),
  route({
    method: 'DELETE',
    path: '/triggers/{trigger}/certificate',
    role: 'admin',
    summary: 'Remove the client certificate',
    response: z.object({ trigger, certificate }),
    run: async ({ deps, trigger }) => {
      await removeCertificate(deps, trigger);
      return { json: { trigger, certificate: null } };
    },
  }),
] as const;
