import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import type { OAuthClient } from '../core/access-token.ts';
import { type Trigger, triggers } from '../core/entity.ts';
import { json } from './json-text.ts';
import { remember } from './remember.ts';
import { type Pause, Table } from './table.ts';

/** A replaced secret, which also signs until a time, epoch milliseconds. */
export interface Replaced {
  readonly secret: string;
  readonly until: number;
}

/** A client certificate with its chain and its key, as PEM, and what people may see of it. */
export interface StoredCertificate {
  readonly cert: string;
  readonly key: string;
  readonly subject: string;
  readonly issuer: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The data that only the sender and one receiver know. */
export interface TriggerSecrets {
  /** Absent if calls are not signed. */
  readonly secret?: string;
  readonly replaced: readonly Replaced[];
  /** Custom headers: values by names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The client that gets access tokens for the calls. */
  readonly oauth?: OAuthClient | undefined;
  readonly certificate?: StoredCertificate | undefined;
  /** Increases with each write; 0 if there was none. */
  readonly version: number;
}

const none: TriggerSecrets = { replaced: [], headers: {}, version: 0 };

/** The version of the items. Items of release 0.2.0 have none; they are read too. */
const VERSION = 1;

const content = z.object({
  secret: z.optional(z.string()),
  replaced: z._default(z.array(z.object({ secret: z.string(), until: z.number() })), []),
  headers: z._default(z.record(z.string(), z.string()), {}),
  oauth: z.optional(
    z.object({
      tokenUrl: z.string(),
      clientId: z.string(),
      clientSecret: z.string(),
      scope: z.optional(z.string()),
      audience: z.optional(z.string()),
    }),
  ),
  certificate: z.optional(
    z.object({ cert: z.string(), key: z.string(), subject: z.string(), issuer: z.string(), expiresAt: z.number() }),
  ),
});

const row = z.object({
  trigger: z.enum(triggers as [Trigger, ...Trigger[]]),
  content: json(content),
  version: z.number(),
});

/** A change takes effect within this time. */
const KEPT_MS = 5_000;

/** How often secrets are read again for a trigger that has none. */
const LACKING_KEPT_MS = 1_000;

type PerTrigger = ReadonlyMap<Trigger, () => Promise<TriggerSecrets | undefined>>;

/**
 * The secrets table: one item per trigger, encrypted with a key of the deployment. Every read is strongly consistent.
 * Every method throws when the table does not respond.
 */
export class Secrets {
  readonly #table: Table;
  readonly #kept: PerTrigger;
  readonly #latest: PerTrigger;

  constructor(table: string, dynamodb = new DynamoDBClient(), now: () => number = Date.now, pause?: Pause) {
    this.#table = new Table(table, dynamodb, pause);
    // Each trigger is read by itself: most functions need the secrets of few triggers.
    const perTrigger = (milliseconds: number): PerTrigger =>
      new Map(triggers.map((one) => [one, remember(async () => (await this.read([one])).get(one), milliseconds, now)]));
    this.#kept = perTrigger(KEPT_MS);
    this.#latest = perTrigger(LACKING_KEPT_MS);
  }

  /** A trigger's secrets, at most a few seconds old. */
  async of(trigger: Trigger): Promise<TriggerSecrets> {
    return (await this.#kept.get(trigger)?.()) ?? (await this.#latest.get(trigger)?.()) ?? none;
  }

  /** Reads the secrets of triggers. */
  async read(of: readonly Trigger[]): Promise<ReadonlyMap<Trigger, TriggerSecrets>> {
    const rows = await this.#table.getAll(of.map((trigger) => ({ trigger })));
    return new Map(
      rows.map((item) => {
        const { trigger, content, version } = z.parse(row, item);
        return [trigger, { ...content, version } as TriggerSecrets];
      }),
    );
  }

  /** Changes a trigger's secrets. @returns False if another process changed them meanwhile. */
  async change(trigger: Trigger, change: (now: TriggerSecrets) => Omit<TriggerSecrets, 'version'>): Promise<boolean> {
    const now = (await this.read([trigger])).get(trigger) ?? none;
    const { secret, replaced, headers, oauth, certificate } = change(now);
    const written = await this.#table.update(
      { trigger },
      {
        update: 'SET #v = :v, #content = :content, #version = :next',
        condition: '(attribute_not_exists(#version) OR #version = :version)',
        values: {
          v: VERSION,
          content: JSON.stringify({ secret, replaced, headers, oauth, certificate }),
          version: now.version,
          next: now.version + 1,
        },
        token: 'writeToken',
      },
    );
    return 'row' in written;
  }
}
