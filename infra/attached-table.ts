import { type ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import * as z from 'zod';
import { capital } from '../functions/core/capital.ts';
import { type Entity, entities, entityNames, perEntity } from '../functions/core/entity.ts';
import { attributeOf } from '../functions/core/row-rules.ts';

/** As DynamoDB takes it. */
export const attributeName = z.string().min(1).max(255);

const STREAM = /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]+\/stream\/[\w:.-]+$/;
const KEY = /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/;

const tableArn = (stream: string): string => stream.slice(0, stream.indexOf('/stream/'));

/** A table that was there before the stack. */
function attachedTable(entity: Entity) {
  const ids: readonly string[] = entities[entity].ids;
  return z.strictObject({
    /** Its stream's ARN, by which the table is known too. */
    stream: z
      .string()
      .regex(STREAM, "is not a stream's ARN: take LatestStreamArn of aws dynamodb describe-table --table-name NAME"),
    /** The attributes that hold the ids, where they are not named as the ids are. */
    names: z
      .record(z.string(), attributeName)
      .refine(
        (names) => Object.keys(names).every((id) => ids.includes(id)),
        `has an id that is none of ${ids.join(', ')}`,
      )
      .refine(
        (names) => new Set(ids.map((id) => attributeOf(id, { names }))).size === ids.length,
        'gives two ids the same attribute: each has one of its own',
      )
      .optional(),
    /** An edit that changes no other attributes makes no call. */
    ignore: z.array(attributeName).min(1).optional(),
    /** The ARN of the customer-managed key that encrypts it. */
    key: z.string().regex(KEY, "is not a key's ARN such as arn:aws:kms:eu-west-1:123456789012:key/…").optional(),
  });
}

/** The stack's own place of an entity's table, taken by one that was there before. */
export const attachedTables = z
  .strictObject(perEntity((entity) => attachedTable(entity).optional()))
  .refine((tables) => {
    const attached = entityNames.flatMap((entity) => tables[entity] ?? []).map(({ stream }) => tableArn(stream));
    return new Set(attached).size === attached.length;
  }, 'gives two entities one table: each has one of its own, since any row of it counts as the entity');

type AttachedTable = z.output<ReturnType<typeof attachedTable>>;

/** Refers to a table that the stack neither makes nor ever deletes. */
export function attach(scope: Construct, entity: Entity, { stream, key }: AttachedTable): ITable {
  return TableV2.fromTableAttributes(scope, capital(entity), {
    tableArn: tableArn(stream),
    tableStreamArn: stream,
    ...(key && { encryptionKey: Key.fromKeyArn(scope, `${capital(entity)}Key`, key) }),
  });
}
