import * as z from 'zod/mini';
import { route } from './route.ts';
import { role } from './user.ts';

/** The signed-in user. */
export const userRoutes = [
  route({
    method: 'GET',
    path: '/user',
    role: 'viewer',
    summary: 'Return the name and the role of the signed-in user',
    response: z.object({ who: z.string(), role }),
    run: async ({ deps, role }) => ({ json: { who: deps.who, role } }),
  }),
] as const;
