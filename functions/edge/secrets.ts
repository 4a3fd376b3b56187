import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { isTrigger, type Trigger, triggers } from '../core/entity.ts';
import { batchGet } from './batch-get.ts';
import { remember } from './remember.ts';

/** A secret that was replaced, and signs beside its successor until a time, epoch milliseconds. */
export interface Replaced {
  readonly secret: string;
  readonly until: number;
}

/** What only the sender and one receiver know. */
export interface TriggerSecrets {
  /** Absent: its calls are not signed. */
  readonly secret?: string;
  readonly replaced: readonly Replaced[];
  /** Headers of the receiver's own: values by names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Raised with each write; 0 when there was none. */
  readonly version: number;
}

const none: TriggerSecrets = { replaced: [], headers: {}, version: 0 };

/** What is new takes effect within this time. */
const KEPT_MS = 5_000;

/** A trigger without secrets may have got some this moment; they are looked for at most so often. */
const LACKING_KEPT_MS = 1_000;

type PerTrigger = ReadonlyMap<Trigger, () => Promise<TriggerSecrets | undefined>>;

/**
 * The secrets table: an item a trigger, encrypted under a key of the deployment's own. Every read is strongly consistent;
 * every method throws when the table is silent.
 */
export class Secrets {
  readonly #table: string;
  readonly #dynamodb: DynamoDBClient;
  readonly #kept: PerTrigger;
  readonly #latest: PerTrigger;

  constructor(table: string, dynamodb = new DynamoDBClient(), now: () => number = Date.now) {
    this.#table = table;
    this.#dynamodb = dynamodb;
    // Each by itself: who delivers now and then would pay for eleven to use one.
    const perTrigger = (milliseconds: number): PerTrigger =>
      new Map(triggers.map((one) => [one, remember(async () => (await this.read([one])).get(one), milliseconds, now)]));
    this.#kept = perTrigger(KEPT_MS);
    this.#latest = perTrigger(LACKING_KEPT_MS);
  }

  /** A trigger's secrets, at most a few seconds old. */
  async of(trigger: Trigger): Promise<TriggerSecrets> {
    return (await this.#kept.get(trigger)?.()) ?? (await this.#latest.get(trigger)?.()) ?? none;
  }

  /** The secrets of triggers as they are now. */
  async read(of: readonly Trigger[]): Promise<ReadonlyMap<Trigger, TriggerSecrets>> {
    const found = new Map<Trigger, TriggerSecrets>();
    const keys = of.map((trigger) => ({ trigger: { S: trigger } }));
    for (const { trigger, content, version } of await batchGet(this.#dynamodb, this.#table, keys))
      if (isTrigger(trigger?.S))
        found.set(trigger.S, { ...none, ...JSON.parse(content?.S ?? '{}'), version: Number(version?.N) });
    return found;
  }

  /** Changes a trigger's secrets. @returns Whether nobody else did in between. */
  async change(trigger: Trigger, change: (now: TriggerSecrets) => Omit<TriggerSecrets, 'version'>): Promise<boolean> {
    const now = (await this.read([trigger])).get(trigger) ?? none;
    const { secret, replaced, headers } = change(now);
    try {
      await this.#dynamodb.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: {
            trigger: { S: trigger },
            content: { S: JSON.stringify({ secret, replaced, headers }) },
            version: { N: String(now.version + 1) },
          },
          ConditionExpression: 'attribute_not_exists(version) OR version = :version',
          ExpressionAttributeValues: { ':version': { N: String(now.version) } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
