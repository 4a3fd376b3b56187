import * as z from 'zod/mini';
import { changeSettings } from '../../operations/trigger-settings.ts';
import { route } from './route.ts';
import { trigger } from './shapes.ts';

/** From 0.001 to 1000; `null`: no limit. */
const maxPerSecond = z.nullable(z.number());

/** The settings that limit the calls of a trigger. `GET /triggers` returns them. */
export const settingRoutes = [
  route({
    method: 'PUT',
    path: '/triggers/{trigger}/limit',
    role: 'admin',
    summary: 'Set the most calls per second, from 0.001 to 1000; null removes the limit',
    body: z.object({ maxPerSecond }),
    response: z.object({ trigger, maxPerSecond }),
    async run({ deps, trigger, body: { maxPerSecond } }) {
      await changeSettings(deps, trigger, { maxPerSecond });
      return { json: { trigger, maxPerSecond } };
    },
  }),
  route({
    method: 'PUT',
    path: '/triggers/{trigger}/coalesce',
    role: 'admin',
    summary: 'Merge pending edits of one record into one call, or stop it; only for triggers of edits',
    body: z.object({ coalesce: z.boolean() }),
    response: z.object({ trigger, coalesce: z.boolean() }),
    async run({ deps, trigger, body: { coalesce } }) {
      await changeSettings(deps, trigger, { coalesce });
      return { json: { trigger, coalesce } };
    },
  }),
] as const;
