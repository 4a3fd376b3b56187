import * as z from 'zod/mini';
import { type Trigger, triggers } from '../../core/entity.ts';

// The shapes that several routes share.

export const trigger = z.enum(triggers as [Trigger, ...Trigger[]]);

/** `null`: no URL is set. */
export const url = z.nullable(z.string());

export const text = (maxLength: number) => z.string().check(z.minLength(1), z.maxLength(maxLength));

/** Epoch milliseconds. */
export const time = z.int().check(z.nonnegative());

/** Epoch milliseconds in a query, where every value is text. */
export const queryTime = z.pipe(
  z.string().check(z.regex(/^\d{1,15}$/)),
  z.transform((digits) => Number(digits)),
);

/** The number of entries in one response. A larger number than `max` counts as `max`. */
export const queryLimit = (usual: number, max: number) =>
  z.pipe(
    z._default(z.string().check(z.regex(/^[1-9]\d{0,3}$/)), String(usual)),
    z.transform((digits) => Math.min(Number(digits), max)),
  );

/** The number of entries that a page leaves out. */
export const queryOffset = z.pipe(
  z._default(z.string().check(z.regex(/^\d{1,4}$/)), '0'),
  z.transform((digits) => Number(digits)),
);

/** The OAuth client of a trigger without its secret; `null`: it has none. */
export const oauth = z.nullable(
  z.object({
    tokenUrl: z.string(),
    clientId: z.string(),
    scope: z.nullable(z.string()),
    audience: z.nullable(z.string()),
  }),
);

/** The client certificate of a trigger without its key; `null`: it has none. `expiresAt` is in epoch milliseconds. */
export const certificate = z.nullable(z.object({ subject: z.string(), issuer: z.string(), expiresAt: time }));

/** The body of a response with a status other than 200. */
export const errorBody = z.object({
  error: z.string(),
  /** The current URL, if the request overwrote another version of it (status 412). */
  current: z.optional(z.object({ url, version: z.int() })),
});

export type ErrorBody = z.output<typeof errorBody>;
