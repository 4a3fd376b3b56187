import { createHash, createHmac, randomBytes } from 'node:crypto';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Sign, UserPool } from '../support/user-pool.ts';

/** The hash function for AWS request signatures. */
class Sha256 {
  readonly #hash;

  constructor(key?: unknown) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key as Uint8Array);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

/** The user pool of a stage, on AWS or on the emulator of AWS_ENDPOINT_URL. */
export async function userPool(id: string): Promise<UserPool> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint) return new UserPool(endpoint, id);
  const { region, credentials } = new CloudFormationClient().config;
  const at = await region();
  const signer = new SignatureV4({ service: 'cognito-idp', region: at, credentials, sha256: Sha256 });
  const sign: Sign = async (url, headers, body) => {
    const { hostname, protocol } = new URL(url);
    const request = {
      method: 'POST',
      protocol,
      hostname,
      path: '/',
      query: {},
      headers: { ...headers, host: hostname },
      body,
    };
    return (await signer.sign(request)).headers;
  };
  const domain = at.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new UserPool(`https://cognito-idp.${at}.${domain}/`, id, sign);
}

/** The read-only settings of a client. An update must repeat all other settings. */
const readOnly = ['ClientSecret', 'CreationDate', 'LastModifiedDate', 'UserPoolId'];

/**
 * Allows a client to sign users in without the hosted pages of Cognito, which only people can use. The second factor is still
 * required. The stage is deleted afterwards.
 */
export async function allowPasswords(pool: UserPool, ClientId: string): Promise<void> {
  const { UserPoolClient } = await pool.ask('DescribeUserPoolClient', { ClientId });
  const settings = Object.entries(UserPoolClient as unknown as object).filter(([name]) => !readOnly.includes(name));
  await pool.ask('UpdateUserPoolClient', {
    ...Object.fromEntries(settings),
    ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
}

/** A password that fulfils the password policy. */
export const password = (): string => `Aa1-${randomBytes(18).toString('base64url')}`;

interface Responded {
  readonly ChallengeName?: string;
  readonly Session?: string;
  readonly SecretCode?: string;
  readonly AuthenticationResult?: { readonly IdToken?: string };
}

/** Signs a new user in, and registers a second factor if the user pool requires one. @returns An ID token. */
export async function signIn(pool: UserPool, ClientId: string, username: string, secret: string): Promise<string> {
  const ask = async (action: string, body: object) => (await pool.ask(action, body)) as Responded;
  const AuthParameters = { USERNAME: username, PASSWORD: secret };
  let responded = await ask('AdminInitiateAuth', { ClientId, AuthFlow: 'ADMIN_USER_PASSWORD_AUTH', AuthParameters });
  if (responded.ChallengeName === 'MFA_SETUP') {
    const associated = await ask('AssociateSoftwareToken', { Session: responded.Session });
    const UserCode = oneTimeCode(associated.SecretCode ?? '', Date.now());
    const { Session } = await ask('VerifySoftwareToken', { Session: associated.Session, UserCode });
    const ChallengeResponses = { USERNAME: username };
    responded = await ask('AdminRespondToAuthChallenge', {
      ClientId,
      ChallengeName: 'MFA_SETUP',
      Session,
      ChallengeResponses,
    });
  }
  const token = responded.AuthenticationResult?.IdToken;
  if (!token) throw new Error(`${username} got no token: ${responded.ChallengeName ?? 'without a reason'}`);
  return token;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The six-digit code of an authenticator app (RFC 6238). @param secret Base32. @param at Epoch milliseconds. */
export function oneTimeCode(secret: string, at: number): string {
  const bits = [...secret.replaceAll('=', '')]
    .map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  const key = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const offset = (hash.at(-1) as number) & 0xf;
  return String((hash.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}
