import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda';
import { createMiddleware } from 'hono/factory';
import { decode } from 'hono/jwt';
import * as z from 'zod/mini';

/** Admins are the members of this group. */
export const ADMINS = 'crm-trigger-admins';

const url = z.url();

/** Who signs admins in, by the names of OpenID Connect. All but `groupsClaim` is reported to the page, which anybody may read. */
export const signInShape = z.object({
  issuer: url,
  clientId: z.string(),
  authorizationEndpoint: url,
  tokenEndpoint: url,
  /** Absent: signing out revokes no token at the issuer. */
  revocationEndpoint: z.optional(url),
  /** Absent: signing out ends no session at the issuer. */
  endSessionEndpoint: z.optional(url),
  /** The claim of an ID token that lists its bearer's groups. */
  groupsClaim: z.string(),
});

export type SignIn = z.output<typeof signInShape>;

/** What the gateway gives with a request, and who asks. */
export interface Env {
  readonly Bindings: { readonly requestContext: LambdaEvent['requestContext']; readonly context: LambdaContext };
  readonly Variables: { who: string };
}

/**
 * Lets in admins. The HTTP API has checked the token: its signature, issuer, audience and time. It hands on a list of
 * groups as one text in which a space in a name looks like two names, so they are read from the token itself.
 */
export const admitAdmins = ({ groupsClaim }: Pick<SignIn, 'groupsClaim'>) =>
  createMiddleware<Env>(async (c, next) => {
    const { authorizer } = c.env.requestContext as { authorizer?: { jwt?: { claims?: Record<string, string> } } };
    const checked = authorizer?.jwt?.claims;
    const token = (c.req.header('authorization') ?? '').replace(/^bearer\s+/i, '');
    const claims = checked && claimsOf(token);
    if (!claims || claims.sub !== checked.sub) return c.json({ error: 'You are not signed in: sign in first.' }, 401);
    const who = nameOf(claims);
    const groups = claims[groupsClaim];
    if (!Array.isArray(groups) || !groups.includes(ADMINS))
      return c.json({ error: `${who} is signed in, but not in the group ${ADMINS}: ask for it.` }, 403);
    c.set('who', who);
    return next();
  });

function claimsOf(token: string): Record<string, unknown> | undefined {
  try {
    return decode(token).payload;
  } catch {
    return undefined;
  }
}

/** For the history: a name to read, and the subject, which no one can change. */
function nameOf(claims: Record<string, unknown>): string {
  const names = [claims.email, claims.preferred_username];
  const name = names.find((one) => typeof one === 'string' && one !== '');
  const subject = String(claims.sub).slice(0, 100);
  return name === undefined ? subject : `${String(name).slice(0, 100)} (${subject})`;
}
