import type { Dispatcher } from 'undici';
import type { AccessToken, OAuthClient } from '../core/access-token.ts';
import type { Trigger } from '../core/entity.ts';
import type { CallResult } from '../core/outcome.ts';
import { AccessTokens } from './access-tokens.ts';
import { CUT_OFF } from './failure.ts';

/** A client certificate with its chain, and its key, as PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** With what the calls of a trigger prove who sends them, beside their signature. */
export interface Credentials {
  readonly trigger: Trigger;
  readonly oauth?: OAuthClient | undefined;
  readonly certificate?: ClientCertificate | undefined;
}

type Headers = Readonly<Record<string, string>>;

/** Sends a request, for at most some milliseconds. With a form it is a POST, otherwise a GET. It never throws. */
export type Send = (
  agent: Dispatcher,
  url: string,
  request: { readonly headers: Headers; readonly form?: string },
  milliseconds: number,
  cut?: AbortSignal,
) => Promise<CallResult>;

interface CallDeps {
  readonly send: Send;
  /** The connections without a certificate. */
  readonly shared: Dispatcher;
  readonly newAgent: (certificate: ClientCertificate) => Dispatcher;
  /** The maximum duration of an attempt with all its requests. */
  readonly milliseconds: number;
  readonly now: () => number;
}

/** Makes a function for the calls of triggers that have an OAuth client or a certificate. */
export function callWithCredentials({ send, shared, newAgent, milliseconds, now }: CallDeps) {
  const post = (url: string, headers: Headers, form: string, milliseconds: number) =>
    send(shared, url, { headers, form }, milliseconds);
  const tokens = new AccessTokens(post, now);
  const agents = new Map<Trigger, { readonly certificate: string; readonly agent: Dispatcher }>();

  /** Each trigger has connections of its own: its certificate is presented for no other trigger. */
  const agentOf = (trigger: Trigger, { cert, key }: ClientCertificate): Dispatcher => {
    const certificate = cert + key;
    const kept = agents.get(trigger);
    if (kept?.certificate === certificate) return kept.agent;
    // Its calls end first.
    void kept?.agent.close();
    const agent = newAgent({ cert, key });
    agents.set(trigger, { certificate, agent });
    return agent;
  };

  return async (
    url: string,
    headers: Headers,
    cut: AbortSignal | undefined,
    { trigger, oauth, certificate }: Credentials,
  ): Promise<CallResult> => {
    const agent = certificate ? agentOf(trigger, certificate) : shared;
    if (!oauth) return send(agent, url, { headers }, milliseconds, cut);
    const end = performance.now() + milliseconds;
    const left = () => Math.max(1, end - performance.now());
    const callWith = ({ token }: AccessToken) =>
      send(agent, url, { headers: { ...headers, authorization: `Bearer ${token}` } }, left(), cut);
    const token = await unlessCut(tokens.of(trigger, oauth, left()), cut);
    if (!('token' in token)) return token;
    const first = await callWith(token);
    if (!('status' in first) || first.status !== 401) return first;
    // The receiver can reject a token before it expires, for example after its own restart.
    const other = await unlessCut(tokens.of(trigger, oauth, left(), token), cut);
    return 'token' in other ? callWith(other) : other;
  };
}

const cutOff = { failure: CUT_OFF };

/** Ends the wait of a call that is aborted. The request continues, because other attempts may wait for it too. */
function unlessCut<Value>(value: Promise<Value>, cut?: AbortSignal): Promise<Value | typeof cutOff> {
  if (!cut) return value;
  return new Promise((resolve) => {
    const abort = () => resolve(cutOff);
    if (cut.aborted) abort();
    cut.addEventListener('abort', abort, { once: true });
    void value.then(resolve).finally(() => cut.removeEventListener('abort', abort));
  });
}
