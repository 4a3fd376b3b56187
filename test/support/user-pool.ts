import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

/** The parameters of a sign-in page for the code flow. */
export interface Client {
  readonly clientId: string;
  readonly redirectUri: string;
}

/** The headers that authorize a request to the user pool's API. */
export type Sign = (url: string, headers: Record<string, string>, body: string) => Promise<Record<string, string>>;

/** An emulator checks no signature. */
const unsigned: Sign = async (_, headers) => ({
  ...headers,
  authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/cognito-idp/aws4_request',
});

/** A user pool with the actions of an operator, and on an emulator also those of a user at the sign-in form. */
export class UserPool {
  readonly #endpoint: string;
  readonly #id: string;
  readonly #sign: Sign;

  constructor(endpoint: string, id: string, sign = unsigned) {
    this.#endpoint = endpoint;
    this.#id = id;
    this.#sign = sign;
  }

  /** Sends a request to the user pool's API. */
  async ask(action: string, given: object): Promise<Record<string, never>> {
    const body = JSON.stringify({ UserPoolId: this.#id, ...given });
    const content = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
    };
    const headers = await this.#sign(this.#endpoint, content, body);
    const response = await fetch(this.#endpoint, { method: 'POST', headers, body });
    const text = await response.text();
    assert.ok(response.ok, `${action}: ${text}`);
    return text ? JSON.parse(text) : {};
  }

  /** Creates a user with a password in these groups. */
  async addUser(email: string, password: string, ...groups: string[]): Promise<void> {
    const attributes = [
      { Name: 'email', Value: email },
      { Name: 'email_verified', Value: 'true' },
    ];
    await this.ask('AdminCreateUser', { Username: email, UserAttributes: attributes, MessageAction: 'SUPPRESS' });
    await this.ask('AdminSetUserPassword', { Username: email, Password: password, Permanent: true });
    for (const group of groups) await this.ask('AdminAddUserToGroup', { Username: email, GroupName: group });
  }

  /** Completes the sign-in form and the code flow. @returns An ID token. */
  async signIn({ clientId, redirectUri }: Client, email: string, password: string): Promise<string> {
    const verifier = randomBytes(32).toString('base64url');
    const form = {
      username: email,
      password,
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid email',
      state: 'any',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    const sent = await this.#post('/login', form);
    const code = new URL(sent.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const exchange = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, client_id: clientId };
    const response = await this.#post('/oauth2/token', { ...exchange, code_verifier: verifier });
    const { id_token } = (await response.json()) as { id_token?: string };
    assert.ok(id_token);
    return id_token;
  }

  #post(path: string, form: Record<string, string>): Promise<Response> {
    return fetch(`${this.#endpoint}${path}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  }
}
