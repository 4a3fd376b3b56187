import * as oauth from 'oauth4webapi';
import type { SignIn } from '../sign-in.ts';

/** Who is signed in, until the tab is closed. */
interface Session {
  readonly idToken: string;
  readonly refreshToken?: string;
  /** Epoch milliseconds. */
  readonly until: number;
  readonly who: string;
}

/** What has to be remembered while the browser is at the issuer. */
interface Leaving {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  /** The view that was asked for. */
  readonly hash: string;
}

/** Gone with the tab. No other website can read it, and the content security policy lets no other script in here. */
const kept = {
  session: 'crm-triggers.session',
  leaving: 'crm-triggers.leaving',
} as const;

/** A token that ends within this time is renewed before it is used. */
const MARGIN_MS = 60_000;

/** The event of the window when a session has ended. */
export const SESSION_ENDED = 'crm-triggers.session-ended';

const SCOPE = 'openid email';

let settings: Omit<SignIn, 'groupsClaim'>;
let session: Session | undefined;
let renewing: Promise<void> | undefined;

const server = (): oauth.AuthorizationServer => ({
  issuer: settings.issuer,
  authorization_endpoint: settings.authorizationEndpoint,
  token_endpoint: settings.tokenEndpoint,
  ...(settings.revocationEndpoint && { revocation_endpoint: settings.revocationEndpoint }),
});
const client = (): oauth.Client => ({ client_id: settings.clientId });
const here = () => `${location.origin}/`;

/**
 * Takes up the session of this tab, or the one that the issuer just sent us back with.
 *
 * @returns Whether somebody is signed in; if not, `signIn` is next.
 * @throws When the issuer rejected.
 */
export async function resume(): Promise<boolean> {
  const response = await fetch('/sign-in.json');
  settings = await response.json();
  const url = new URL(location.href);
  const leaving = take<Leaving>(kept.leaving);
  if (leaving && (url.searchParams.has('code') || url.searchParams.has('error'))) {
    history.replaceState(null, '', `/${leaving.hash}`);
    await redeem(url, leaving);
  } else {
    session = read<Session>(kept.session);
  }
  return session !== undefined;
}

/** Leaves for the issuer, which sends the browser back here. Never fulfilled. */
export async function signIn(): Promise<never> {
  const leaving: Leaving = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    hash: location.hash,
  };
  sessionStorage.setItem(kept.leaving, JSON.stringify(leaving));
  const url = new URL(settings.authorizationEndpoint);
  const asked = {
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: here(),
    scope: SCOPE,
    state: leaving.state,
    nonce: leaving.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(leaving.verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  location.assign(url);
  return new Promise(() => {});
}

/** Ends the session here and at the issuer, and revokes the refresh token there. No token is put into an address. */
export async function signOut(): Promise<void> {
  const refreshToken = session?.refreshToken;
  forget();
  if (refreshToken && settings.revocationEndpoint)
    await oauth.revocationRequest(server(), client(), oauth.None(), refreshToken).catch(() => undefined);
  const url = new URL(settings.endSessionEndpoint ?? here());
  // The first two are Cognito's own names, the other is that of OpenID Connect.
  const parameters = { client_id: settings.clientId, logout_uri: here(), post_logout_redirect_uri: here() };
  if (settings.endSessionEndpoint)
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

/** Who is signed in; nobody when the session has ended. */
export const signedIn = () => session?.who;

/** What the API asks for: a token with at least a minute to go. `undefined` when the session has ended. */
export async function token(): Promise<string | undefined> {
  if (session && session.until - Date.now() < MARGIN_MS) {
    renewing ??= renew(session).finally(() => {
      renewing = undefined;
    });
    await renewing;
  }
  return session?.idToken;
}

/** The API takes the token no more, or the issuer gives none. */
export function forget(): void {
  session = undefined;
  sessionStorage.removeItem(kept.session);
  dispatchEvent(new Event(SESSION_ENDED));
}

async function redeem(url: URL, { verifier, state, nonce }: Leaving): Promise<void> {
  const parameters = oauth.validateAuthResponse(server(), client(), url, state);
  const asked = [server(), client(), oauth.None(), parameters, here(), verifier] as const;
  const response = await oauth.authorizationCodeGrantRequest(...asked);
  keep(
    await oauth.processAuthorizationCodeResponse(server(), client(), response, {
      expectedNonce: nonce,
      requireIdToken: true,
    }),
  );
}

async function renew({ refreshToken }: Session): Promise<void> {
  try {
    if (!refreshToken) throw new Error('The issuer gave no way to renew it.');
    const response = await oauth.refreshTokenGrantRequest(server(), client(), oauth.None(), refreshToken);
    keep(await oauth.processRefreshTokenResponse(server(), client(), response), refreshToken);
  } catch {
    forget();
  }
}

function keep(tokens: oauth.TokenEndpointResponse, before?: string): void {
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const { id_token: idToken, refresh_token: refreshToken = before } = tokens;
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
  sessionStorage.setItem(kept.session, JSON.stringify(session));
}

function read<Value>(name: string): Value | undefined {
  return JSON.parse(sessionStorage.getItem(name) ?? 'null') ?? undefined;
}

function take<Value>(name: string): Value | undefined {
  const value = read<Value>(name);
  sessionStorage.removeItem(name);
  return value;
}
