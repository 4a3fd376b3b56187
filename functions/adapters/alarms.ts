import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { json } from './json-text.ts';
import { remember } from './remember.ts';
import { signedRequest } from './signed-request.ts';

/** The names of the alarms change only with a deployment. */
const NAMES_MS = 10 * 60_000;

/** An alarm of the stack. */
export interface AlarmState {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** When it got this state, epoch milliseconds. */
  readonly since: number;
  readonly description: string;
}

const parameters = json(z.object({ Parameters: z.array(z.object({ Value: z.string() })) }));

const described = json(
  z.object({
    MetricAlarms: z.array(
      z.object({
        AlarmName: z.string(),
        StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
        /** Epoch seconds. */
        StateUpdatedTimestamp: z.number(),
        AlarmDescription: z._default(z.string(), ''),
      }),
    ),
  }),
);

/** CloudWatch or the parameter store did not respond as expected. */
export class NotRead extends Error {
  override readonly name = 'NotRead';
}

interface Origins {
  readonly monitoring: string;
  readonly ssm: string;
}

/**
 * The alarms of a stack. Their names are generated, so the stack publishes them as parameters: with all names the function needs a
 * permission only for these alarms. Every method throws when AWS does not respond.
 */
export class Alarms {
  readonly #origins: Origins;
  readonly #client: Pick<DynamoDBClient, 'config'>;
  readonly #names: () => Promise<string[]>;

  /** @param path The path of the parameters with the names, separated by commas. */
  constructor(path: string, origins: Origins, client: Pick<DynamoDBClient, 'config'>) {
    this.#origins = origins;
    this.#client = client;
    this.#names = remember(() => this.#readNames(path), NAMES_MS, Date.now);
  }

  async read(): Promise<AlarmState[]> {
    const AlarmNames = await this.#names();
    if (AlarmNames.length === 0) return [];
    const text = await this.#ask(
      'monitoring',
      'application/x-amz-json-1.0',
      'GraniteServiceVersion20100801.DescribeAlarms',
      {
        AlarmNames,
        MaxRecords: 100,
      },
    );
    return z.parse(described, text).MetricAlarms.map((alarm) => ({
      name: alarm.AlarmName,
      state: alarm.StateValue,
      since: alarm.StateUpdatedTimestamp * 1000,
      description: alarm.AlarmDescription,
    }));
  }

  async #readNames(Path: string): Promise<string[]> {
    const text = await this.#ask('ssm', 'application/x-amz-json-1.1', 'AmazonSSM.GetParametersByPath', { Path });
    return z.parse(parameters, text).Parameters.flatMap(({ Value }) => Value.split(','));
  }

  async #ask(service: keyof Origins, contentType: string, target: string, input: object): Promise<string> {
    const headers = { 'content-type': contentType, 'x-amz-target': target };
    const request = { service, headers, body: JSON.stringify(input) };
    const { status, body } = await signedRequest(`${this.#origins[service]}/`, this.#client, request)();
    const text = Buffer.from(body).toString();
    if (status !== 200) throw new NotRead(`${target} responded with HTTP ${status}.`);
    return text;
  }
}
