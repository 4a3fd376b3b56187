import * as oauth from 'oauth4webapi';
import { client, issuer, loadIssuer, redirectUri, server } from './issuer.ts';
import { forget, keepTokens, refreshToken, restoreSession, signedIn } from './session.ts';

/** The state of a sign-in while the browser is at the issuer. */
interface PendingSignIn {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  /** The fragment of the view to show after the sign-in. */
  readonly hash: string;
}

const KEY = 'crm-triggers.leaving';
const SCOPE = 'openid email';

/** A sign-out does not wait longer for the issuer to revoke the refresh token. */
const REVOCATION_MS = 5_000;

/**
 * Restores the session of this tab, or completes a sign-in if the issuer just sent the browser back.
 *
 * @returns Whether an admin is signed in. If not, call `signIn`.
 * @throws When the issuer rejected the sign-in.
 */
export async function resume(): Promise<boolean> {
  await loadIssuer();
  const url = new URL(location.href);
  const pending = takePending();
  if (pending && (url.searchParams.has('code') || url.searchParams.has('error'))) {
    history.replaceState(null, '', `/${pending.hash}`);
    await redeem(url, pending);
  } else {
    restoreSession();
  }
  return signedIn() !== undefined;
}

/** Opens the issuer's sign-in page. The promise is never fulfilled, because the browser leaves this page. */
export async function signIn(): Promise<never> {
  const pending: PendingSignIn = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    hash: location.hash,
  };
  sessionStorage.setItem(KEY, JSON.stringify(pending));
  const parameters = {
    response_type: 'code',
    client_id: issuer().clientId,
    redirect_uri: redirectUri(),
    scope: SCOPE,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  };
  leaveFor(issuer().authorizationEndpoint, parameters);
  return new Promise(() => {});
}

/** Ends the session here and at the issuer, and revokes the refresh token. No token is put into a URL. */
export async function signOut(): Promise<void> {
  const { clientId, revocationEndpoint, endSessionEndpoint } = issuer();
  const revoked = refreshToken();
  forget();
  if (revoked && revocationEndpoint)
    await oauth
      .revocationRequest(server(), client(), oauth.None(), revoked, { signal: AbortSignal.timeout(REVOCATION_MS) })
      .catch(() => undefined);
  if (!endSessionEndpoint) return leaveFor(redirectUri(), {});
  // Cognito reads `client_id` and `logout_uri`; OpenID Connect defines `post_logout_redirect_uri`.
  leaveFor(endSessionEndpoint, {
    client_id: clientId,
    logout_uri: redirectUri(),
    post_logout_redirect_uri: redirectUri(),
  });
}

function leaveFor(address: string, parameters: Readonly<Record<string, string>>): void {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

async function redeem(url: URL, { verifier, state, nonce }: PendingSignIn): Promise<void> {
  const code = oauth.validateAuthResponse(server(), client(), url, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server(),
    client(),
    oauth.None(),
    code,
    redirectUri(),
    verifier,
  );
  const expected = { expectedNonce: nonce, requireIdToken: true };
  keepTokens(await oauth.processAuthorizationCodeResponse(server(), client(), response, expected));
}

function takePending(): PendingSignIn | undefined {
  const pending = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') ?? undefined;
  sessionStorage.removeItem(KEY);
  return pending;
}
