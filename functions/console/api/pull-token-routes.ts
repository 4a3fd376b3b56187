import * as z from 'zod/mini';
import { type Logged, loggedNames } from '../../core/log-entry.ts';
import { createPullToken, hasPullToken, revokePullToken } from '../../operations/pull-tokens.ts';
import { route } from './route.ts';
import { trigger } from './shapes.ts';

/** The attempts that the delivery log keeps, and `GET /changes` lists: the setting `deliveryLog`. */
export const logged = z.enum(loggedNames as [Logged, ...Logged[]]);

/** The tokens with which receivers read their calls, with `GET /changes`. */
export const pullTokenRoutes = [
  route({
    method: 'GET',
    path: '/triggers/{trigger}/pull-token',
    role: 'viewer',
    summary: 'Return whether the trigger has a pull token, and which attempts its receiver can read with it',
    response: z.object({ trigger, exists: z.boolean(), logged }),
    run: async ({ deps, trigger }) => ({
      json: { trigger, exists: await hasPullToken(deps, trigger), logged: deps.logged },
    }),
  }),
  route({
    method: 'POST',
    path: '/triggers/{trigger}/pull-token',
    role: 'admin',
    summary: 'Create a pull token and return it once; an earlier token is rejected from now on',
    response: z.object({ trigger, token: z.string() }),
    run: async ({ deps, trigger }) => ({ json: { trigger, token: await createPullToken(deps, trigger) } }),
  }),
  route({
    method: 'DELETE',
    path: '/triggers/{trigger}/pull-token',
    role: 'admin',
    summary: 'Revoke the pull token; without one, nothing changes',
    response: z.object({ trigger, token: z.null() }),
    async run({ deps, trigger }) {
      await revokePullToken(deps, trigger);
      return { json: { trigger, token: null } };
    },
  }),
] as const;
