import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda';
import { createMiddleware } from 'hono/factory';
import { decode } from 'hono/jwt';
import * as z from 'zod/mini';
import type { Role, User } from './api/user.ts';

/** Admins are the members of this group. */
export const ADMINS = 'crm-trigger-admins';

/** The members of this group can read everything but secrets and credentials in URLs. */
export const VIEWERS = 'crm-trigger-viewers';

const url = z.url();

/** The identity provider, by the names of OpenID Connect. The page, which everyone can read, gets all but `groupsClaim`. */
export const signInShape = z.object({
  issuer: url,
  clientId: z.string(),
  authorizationEndpoint: url,
  tokenEndpoint: url,
  /** Absent: a sign-out does not revoke the refresh token. */
  revocationEndpoint: z.optional(url),
  /** Absent: a sign-out does not end the session at the issuer. */
  endSessionEndpoint: z.optional(url),
  /** The claim of an ID token that lists the groups of its user. */
  groupsClaim: z.string(),
});

export type SignIn = z.output<typeof signInShape>;

/** The response of /sign-in.json. */
export type PublicSignIn = Omit<SignIn, 'groupsClaim'>;

/** What the gateway adds to a request, and the user. */
export interface Env {
  readonly Bindings: { readonly requestContext: LambdaEvent['requestContext']; readonly context: LambdaContext };
  readonly Variables: { user: User };
}

/**
 * Rejects users who are in neither group. The gateway has checked the token: signature, issuer, audience and time. The gateway
 * passes a list of groups as one text, in which a group with a space looks like two groups. The groups are therefore read
 * from the token.
 */
export const admitMembers = ({ groupsClaim }: Pick<SignIn, 'groupsClaim'>) =>
  createMiddleware<Env>(async (c, next) => {
    const { authorizer } = c.env.requestContext as { authorizer?: { jwt?: { claims?: Record<string, string> } } };
    const checked = authorizer?.jwt?.claims;
    const token = (c.req.header('authorization') ?? '').replace(/^bearer\s+/i, '');
    const claims = checked && claimsOf(token);
    if (!claims || claims.sub !== checked.sub)
      return c.json({ error: 'You are not signed in. To fix this, sign in.' }, 401);
    const who = nameOf(claims);
    const groups = claims[groupsClaim];
    const role = Array.isArray(groups) && roleOf(groups);
    if (!role)
      return c.json(
        {
          error: `${who} is not in the group ${ADMINS} or ${VIEWERS}. To fix this, ask an administrator to add you.`,
        },
        403,
      );
    c.set('user', { who, role });
    return next();
  });

function roleOf(groups: readonly unknown[]): Role | undefined {
  if (groups.includes(ADMINS)) return 'admin';
  return groups.includes(VIEWERS) ? 'viewer' : undefined;
}

function claimsOf(token: string): Record<string, unknown> | undefined {
  try {
    return decode(token).payload;
  } catch {
    return undefined;
  }
}

/** The name for the history: a readable name, and the subject, which a user cannot change. */
function nameOf(claims: Record<string, unknown>): string {
  const candidates = [claims.email, claims.preferred_username];
  const name = candidates.find((candidate) => typeof candidate === 'string' && candidate !== '');
  const subject = String(claims.sub).slice(0, 100);
  return name === undefined ? subject : `${String(name).slice(0, 100)} (${subject})`;
}
