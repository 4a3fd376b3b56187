import { createVerifier, httpbis } from 'http-message-signatures';
import { Webhook } from 'standardwebhooks';
import { makeCall } from '../../functions/adapters/http-call.ts';
import { attempt } from '../../functions/attempt/attempt.ts';
import { formattedString } from '../../functions/core/formatted-string.ts';
import { fingerprintOf } from '../../functions/core/message-signature.ts';
import { secretOf } from '../../functions/core/signature.ts';
import { hardIds } from '../support/hard-ids.ts';
import { notification } from '../support/records.ts';
import { loopbackRules } from '../support/rules.ts';

/** What a program behind a server saw of a call. */
interface Seen {
  readonly version?: string;
  /** The path and query, as far as the program can read them undecoded. */
  readonly target: string;
  readonly ids: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Paths of URLs that a server or a proxy can change or reject, by what is special in them. */
export const paths = {
  é: '/h%C3%A9',
  '%c3%a9': '/h%c3%a9',
  '%20': '/a%20b',
  '%2F': '/a%2Fb',
  '%25': '/a%25b',
  '%7E': '/%7Ea',
  '//': '/a//b',
  ';': '/a;b=c/d',
  '+ and a trailing /': '/a+b/',
  '?k=a+b%2f': '/hook?k=a+b%2f',
} as const;

/** The lengths of targets, in KB. 15 KB are the longest IDs that DynamoDB allows, in three bytes of percent-encoding a byte. */
const LENGTHS = [2, 3, 5, 7, 12, 15];

export interface Result {
  readonly version: string;
  /** The IDs that the program did not get as they are in the CRM. */
  readonly wrongIds: readonly string[];
  readonly isVerified: boolean;
  /** `changed` when the signatures do not verify, or the response to the call. */
  readonly badPaths: Readonly<Partial<Record<keyof typeof paths, string>>>;
  readonly longestKb: number;
}

const secret = secretOf(Buffer.alloc(32, 9));
const webhook = new Webhook(secret);
const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
const known = { id: fingerprintOf(secret), algs: ['hmac-sha256'], verify: createVerifier(key, 'hmac-sha256') };

/** Makes one signed call with the project's code. */
async function callWith(url: string, ids: Readonly<Record<string, string>>) {
  const made = makeCall({ connectTimeoutSeconds: 3, attemptTimeoutSeconds: 10, rules: loopbackRules });
  let body = '';
  const { outcome } = await attempt(
    notification({ trigger: 'case.edit', formattedString: formattedString('case', ids) }),
    url,
    1,
    {
      call: async (...args) => {
        const response = await made(...args);
        if ('body' in response) body = response.body;
        return response;
      },
      secrets: { of: async () => ({ version: 1, secret, replaced: [], headers: {} }) },
      noted: { note() {} },
      metrics: { add() {} },
      now: Date.now,
    },
  );
  return { outcome, body };
}

/** @returns What the program saw of a call, or the response of a server that rejected it. */
async function seenOf(url: string, ids: Readonly<Record<string, string>>): Promise<Seen | string> {
  const { outcome, body } = await callWith(url, ids);
  if (outcome.kind !== 'delivered') return outcome.response;
  const { headers, ...others } = JSON.parse(body);
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...others, headers: Object.fromEntries(lower) };
}

/** Whether both signatures verify. The receiver knows the origin that its callers use. */
async function verifies({ target, headers }: Seen, origin: string): Promise<boolean> {
  const request = { method: 'GET', url: origin + target, headers };
  const isMessageSigned = httpbis.verifyMessage({ keyLookup: async () => known }, request).catch(() => false);
  try {
    webhook.verify(target, headers, { jsonParse: false });
  } catch {
    return false;
  }
  return (await isMessageSigned) === true;
}

/** Makes all calls to a server. */
export async function exercise(origin: string): Promise<Result> {
  const first = await seenOf(`${origin}/hook`, { AccountID: 'a1', CaseID: 'c1' });
  if (typeof first === 'string') throw new Error(`the first call: ${first}`);
  const wrongIds: string[] = [];
  for (const [i, AccountID] of hardIds.entries()) {
    const ids = { AccountID, CaseID: hardIds[(i + 1) % hardIds.length] ?? '' };
    const seen = await seenOf(`${origin}/hook?k=v`, ids);
    const got = (name: string) => (typeof seen === 'string' ? [seen] : [seen.ids[name] ?? []].flat());
    for (const [name, id] of Object.entries(ids)) {
      const found = got(name);
      if (found.length !== 1 || found[0] !== id) wrongIds.push(id);
    }
  }
  const badPaths: Record<string, string> = {};
  for (const [what, path] of Object.entries(paths)) {
    const seen = await seenOf(origin + path, { AccountID: 'a b', CaseID: 'c/d' });
    if (typeof seen === 'string') badPaths[what] = seen;
    else if (!(await verifies(seen, origin))) badPaths[what] = 'changed';
  }
  let longestKb = 0;
  for (const kb of LENGTHS) {
    const padding = 'x'.repeat(kb * 1024 - '/hook?AccountID=&CaseID='.length);
    const { outcome } = await callWith(`${origin}/hook`, { AccountID: padding, CaseID: '' });
    if (outcome.kind !== 'delivered') break;
    longestKb = kb;
  }
  return {
    version: first.version ?? '',
    wrongIds: [...new Set(wrongIds)],
    isVerified: await verifies(first, origin),
    badPaths,
    longestKb,
  };
}
