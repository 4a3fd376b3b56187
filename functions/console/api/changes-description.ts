import * as z from 'zod/mini';
import { outcomeKinds } from '../../core/outcome.ts';
import { logged } from './pull-token-routes.ts';

// `GET /changes` for receivers is no route of the admin API. This is its description in docs/openapi.json.

export const pulledChanges = z.object({
  changes: z.array(
    z.object({
      id: z.string(),
      formattedString: z.string(),
      at: z.string(),
      attempt: z.int(),
      outcome: z.enum(outcomeKinds),
      response: z.string(),
      redelivered: z.optional(z.literal(true)),
    }),
  ),
  next: z.string(),
  more: z.boolean(),
  logged,
});

export const changesSummary =
  'List the attempts of a trigger for its receiver, the oldest first; the pull token is sent as Authorization: Bearer TOKEN. `logged` says which attempts are listed: all, failures (delivered ones are missing) or off (none)';

export const changesParameters = [
  { name: 'Authorization', in: 'header', required: true, schema: { type: 'string' } },
  { name: 'after', in: 'query', required: false, schema: { type: 'string' } },
];

export const changesErrors: Readonly<Record<string, string>> = {
  401: 'The token is missing, wrong or revoked',
  422: 'after is neither a cursor nor a time',
  429: 'More than 5 requests per second',
};
