import * as oauth from 'oauth4webapi';
import { client, server } from './issuer.ts';

/** A signed-in admin. */
interface Session {
  readonly idToken: string;
  readonly refreshToken?: string;
  /** Epoch milliseconds. */
  readonly until: number;
  readonly who: string;
}

/**
 * The session storage ends with the tab. Other websites cannot read it, and the content security policy runs no other
 * script on this page.
 */
const KEY = 'crm-triggers.session';

/** A token that expires within this time is renewed before it is used. */
const MARGIN_MS = 60_000;

/** The event of the window when a session has ended. */
export const SESSION_ENDED = 'crm-triggers.session-ended';

let session: Session | undefined;
let renewing: Promise<void> | undefined;

/** Restores the session of this tab. */
export function restoreSession(): void {
  session = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') ?? undefined;
}

/** The name of the signed-in admin; `undefined` after the session has ended. */
export const signedIn = () => session?.who;

export const refreshToken = () => session?.refreshToken;

/** A token for the API, valid for at least a minute; `undefined` after the session has ended. */
export async function token(): Promise<string | undefined> {
  if (session && session.until - Date.now() < MARGIN_MS) {
    renewing ??= renew(session).finally(() => {
      renewing = undefined;
    });
    await renewing;
  }
  return session?.idToken;
}

/** Ends the session in this tab. */
export function forget(): void {
  session = undefined;
  sessionStorage.removeItem(KEY);
  dispatchEvent(new Event(SESSION_ENDED));
}

/** Begins or renews the session. @param earlier The refresh token to keep if the response contains none. */
export function keepTokens(tokens: oauth.TokenEndpointResponse, earlier?: string): void {
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const { id_token: idToken, refresh_token: refreshToken = earlier } = tokens;
  if (!claims || !idToken) {
    forget();
    return;
  }
  session = {
    idToken,
    ...(refreshToken && { refreshToken }),
    until: claims.exp * 1000,
    who: String(claims.email ?? claims.preferred_username ?? claims.sub),
  };
  sessionStorage.setItem(KEY, JSON.stringify(session));
}

async function renew({ refreshToken }: Session): Promise<void> {
  try {
    if (!refreshToken) return forget();
    const response = await oauth.refreshTokenGrantRequest(server(), client(), oauth.None(), refreshToken);
    keepTokens(await oauth.processRefreshTokenResponse(server(), client(), response), refreshToken);
  } catch {
    forget();
  }
}
