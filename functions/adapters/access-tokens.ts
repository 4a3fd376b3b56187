import { type AccessToken, type OAuthClient, tokenOf, tokenRequest } from '../core/access-token.ts';
import type { Trigger } from '../core/entity.ts';
import type { CallResult, Outcome } from '../core/outcome.ts';

export type Token = AccessToken | { readonly outcome: Outcome };

/** Posts a form to a URL, for at most some milliseconds. */
type Post = (
  url: string,
  headers: Readonly<Record<string, string>>,
  form: string,
  milliseconds: number,
) => Promise<CallResult>;

interface Kept {
  /** The client as text: a changed client needs a new token. */
  readonly client: string;
  readonly token: Promise<Token>;
  /** Whether the response has not arrived yet. */
  isPending: boolean;
  /** Epoch milliseconds. */
  until: number;
}

/** The access tokens of the triggers, in the memory of this function. A failed request is not kept. */
export class AccessTokens {
  readonly #kept = new Map<Trigger, Kept>();
  readonly #post: Post;
  readonly #now: () => number;

  constructor(post: Post, now: () => number) {
    this.#post = post;
    this.#now = now;
  }

  /**
   * Returns the token of a trigger, or the outcome of the attempt that needs it. Parallel attempts share one request.
   *
   * @param rejected A token that the receiver rejected. Another one is returned.
   */
  async of(trigger: Trigger, client: OAuthClient, milliseconds: number, rejected?: AccessToken): Promise<Token> {
    const text = JSON.stringify(client);
    const kept = this.#kept.get(trigger);
    if (kept?.client === text && (kept.isPending || this.#now() < kept.until)) {
      const token = await kept.token;
      if (token !== rejected) return token;
      // Another attempt may have replaced it meanwhile.
      if (this.#kept.get(trigger) !== kept) return this.of(trigger, client, milliseconds, rejected);
    }
    return this.#request(trigger, client, text, milliseconds);
  }

  #request(trigger: Trigger, client: OAuthClient, text: string, milliseconds: number): Promise<Token> {
    const { headers, form } = tokenRequest(client);
    const token = this.#post(client.tokenUrl, headers, form, milliseconds).then((result) => {
      const received = tokenOf(result);
      made.isPending = false;
      made.until = 'token' in received ? this.#now() + received.seconds * 1000 : 0;
      return received;
    });
    const made: Kept = { client: text, token, isPending: true, until: 0 };
    this.#kept.set(trigger, made);
    return token;
  }
}
