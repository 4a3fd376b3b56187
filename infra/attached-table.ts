import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import * as z from 'zod';
import { capital } from '../functions/core/capital.ts';
import { type Entity, entities, entityNames, perEntity } from '../functions/core/entity.ts';
import { attributeOf } from '../functions/core/row-rules.ts';

/** The name of an attribute. DynamoDB allows up to 255 characters in keys. */
export const attributeName = z.string().min(1).max(255);

const STREAM = /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]+\/stream\/[\w:.-]+$/;
const KEY = /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/;

const tableArn = (stream: string): string => stream.slice(0, stream.indexOf('/stream/'));

/** How the rows of an entity's table are read. */
function rowsOf(entity: Entity) {
  const ids: readonly string[] = entities[entity].ids;
  return {
    /** The attribute of each ID that has another name. */
    names: z
      .record(z.string(), attributeName)
      .refine((names) => Object.keys(names).every((id) => ids.includes(id)), `expected only the IDs ${ids.join(', ')}`)
      .refine(
        (names) => new Set(ids.map((id) => attributeOf(id, { names }))).size === ids.length,
        'two IDs have the same attribute. To fix this, set a different attribute for each',
      )
      .optional(),
    /** An edit that changes only these attributes makes no call. */
    ignore: z.array(attributeName).min(1).optional(),
  };
}

/** How the rows of existing tables are read, by entity. */
export const existingRows = z.strictObject(perEntity((entity) => z.strictObject(rowsOf(entity)).optional()));

/** The settings of an existing table. */
function attachedTable(entity: Entity) {
  return z.strictObject({
    /** The ARN of the stream, which contains the name of the table. */
    stream: z
      .string()
      .regex(
        STREAM,
        'expected the ARN of a stream. To fix this, use LatestStreamArn of aws dynamodb describe-table --table-name NAME',
      ),
    ...rowsOf(entity),
    /** The ARN of the customer-managed key that encrypts the table. */
    key: z
      .string()
      .regex(KEY, 'expected the ARN of a KMS key such as arn:aws:kms:eu-west-1:123456789012:key/…')
      .optional(),
  });
}

/** The existing tables, by entity. The stack creates the tables of the other entities. */
export const attachedTables = z
  .strictObject(perEntity((entity) => attachedTable(entity).optional()))
  .refine((tables) => {
    const attached = entityNames.flatMap((entity) => tables[entity] ?? []).map(({ stream }) => tableArn(stream));
    return new Set(attached).size === attached.length;
  }, 'two entities have the same table. To fix this, set a different table for each, because all rows of a table belong to one entity');

/** References an existing table by its settings. The stack never deletes it. */
export function attach(scope: Construct, entity: Entity, attached: z.output<ReturnType<typeof attachedTable>>) {
  const { stream, key, ...rows } = attached;
  const table = TableV2.fromTableAttributes(scope, capital(entity), {
    tableArn: tableArn(stream),
    tableStreamArn: stream,
    ...(key && { encryptionKey: Key.fromKeyArn(scope, `${capital(entity)}Key`, key) }),
  });
  return { table, ...rows };
}
