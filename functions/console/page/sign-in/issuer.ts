import type * as oauth from 'oauth4webapi';
import type { PublicSignIn } from '../../sign-in.ts';

let settings: PublicSignIn;

export async function loadIssuer(): Promise<void> {
  const response = await fetch('/sign-in.json');
  settings = await response.json();
}

export const issuer = () => settings;

export const server = (): oauth.AuthorizationServer => ({
  issuer: settings.issuer,
  authorization_endpoint: settings.authorizationEndpoint,
  token_endpoint: settings.tokenEndpoint,
  ...(settings.revocationEndpoint && { revocation_endpoint: settings.revocationEndpoint }),
});

export const client = (): oauth.Client => ({ client_id: settings.clientId });

/** The issuer sends the browser back to this address. */
export const redirectUri = () => `${location.origin}/`;
