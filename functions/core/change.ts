// [table row → change] → notification → attempt → outcome
import { createHash } from 'node:crypto';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { asText } from './attribute-value.ts';
import { type Action, type Entity, entities, isTrigger, type Trigger } from './entity.ts';
import type { Ids } from './formatted-string.ts';
import { attributeOf, isMarked, isReplication, isSameBut, ownValue, type RowRules } from './row-rules.ts';

/** The information in every stream record, also without usable ids. */
interface ChangeInfo {
  readonly trigger: Trigger;
  /** The id of the stream record: the same each time the stream returns it. */
  readonly eventId: string;
  /** One row of one table, as an opaque hash: changes of the same record keep their order. */
  readonly record: string;
  /** The stream's sequence number: decimal digits that grow with each change of one record. */
  readonly sequence: string;
  /** When the row changed, epoch milliseconds (AWS gives whole seconds). */
  readonly changedAt: number;
}

export interface Change extends ChangeInfo {
  readonly kind: 'change';
  readonly entity: Entity;
  readonly ids: Ids;
}

/** A change that cannot be formatted, because an id is missing or cannot be part of a URL. */
export interface Unusable extends ChangeInfo {
  readonly kind: 'unusable';
  /** One line for the operator: which id, and why. */
  readonly reason: string;
  /** The row's key, to find it again. */
  readonly keys: Readonly<Record<string, AttributeValue>>;
}

/** A change that a receiver made and marked as its own: it makes no call. */
interface Suppressed extends ChangeInfo {
  readonly kind: 'suppressed';
}

/** A record that makes no call: there is no such trigger, or no person or program made the change. */
interface Ignored {
  readonly kind: 'ignored';
  readonly reason: string;
}

type Reading = Change | Unusable | Suppressed | Ignored;

type Image = Readonly<Record<string, Value>>;

/** A value of a row, as a stream record or a read of the table gives it. */
type Value = {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly B?: string | Uint8Array | undefined;
};

/** DynamoDB's limit for a partition key. It applies to every id, also to one that is not a key. */
const MAX_ID_BYTES = 2048;

const actionOf: Readonly<Record<string, Action>> = { INSERT: 'create', MODIFY: 'edit', REMOVE: 'delete' };

/**
 * Reads a stream record of an entity's table. Hostile data gives `unusable`, never an exception.
 *
 * @param receivedAt Epoch milliseconds, for a record that does not tell its time.
 */
export function readChange(entity: Entity, record: DynamoDBRecord, receivedAt: number, rules: RowRules = {}): Reading {
  const trigger = `${entity}.${actionOf[record.eventName ?? '']}`;
  if (!isTrigger(trigger)) return { kind: 'ignored', reason: `no trigger for ${record.eventName} of a ${entity}` };
  if (isExpiry(record)) return { kind: 'ignored', reason: 'deleted by time to live' };

  const { Keys, NewImage, OldImage, SequenceNumber, ApproximateCreationDateTime } = record.dynamodb ?? {};
  const keys = Keys ?? {};
  const { ignore, silencedBy } = rules;
  if (isReplication(OldImage, NewImage)) return { kind: 'ignored', reason: 'written by replication' };
  if (ignore && isSameBut(ignore, OldImage, NewImage))
    return { kind: 'ignored', reason: 'no attribute changed that counts' };
  const info: ChangeInfo = {
    trigger,
    // Without an id, the whole record identifies it: two changes must not look like one.
    eventId: record.eventID || sha256(JSON.stringify(record.dynamodb ?? null)),
    record: recordHash(entity, keys),
    sequence: isDigits(SequenceNumber) ? SequenceNumber : '0',
    changedAt: isTime(ApproximateCreationDateTime) ? Math.round(ApproximateCreationDateTime * 1000) : receivedAt,
  };
  // An edit is never suppressed when the stream lacks the row before it: the mark can be older than the edit.
  const seen = Boolean(OldImage) || record.eventName === 'INSERT';
  if (silencedBy && seen && isMarked(silencedBy, OldImage, NewImage)) return { kind: 'suppressed', ...info };
  const read = readIds(entity, { ...keys, ...(NewImage ?? OldImage) }, rules);
  if ('reason' in read) return { kind: 'unusable', ...info, keys, reason: read.reason };
  return { kind: 'change', ...info, entity, ids: read.ids };
}

/** Reads the ids of an entity from a row, or says in one line which id is not usable and why. */
export function readIds(
  entity: Entity,
  row: Image,
  rules: RowRules = {},
): { readonly ids: Ids } | { readonly reason: string } {
  const ids: Record<string, string> = {};
  for (const name of entities[entity].ids) {
    const attribute = attributeOf(name, rules);
    const id = usableId(ownValue(row, attribute), attribute === name ? name : `${name} (${attribute})`);
    if ('reason' in id) return id;
    ids[name] = id.text;
  }
  return { ids };
}

/** Records of rows that DynamoDB removed by time to live have the service as their user. */
function isExpiry({ userIdentity }: DynamoDBRecord): boolean {
  return userIdentity?.type === 'Service' && userIdentity.principalId === 'dynamodb.amazonaws.com';
}

/**
 * Rows of different tables never share a hash; the order in which a record lists its keys does not matter. A row has one
 * hash whether a stream or a read of the table gives its key: binary is hashed as base64, and DynamoDB gives a number in one
 * form (it trims leading and trailing zeros).
 */
export function recordHash(entity: Entity, keys: Image): string {
  const sorted = Object.keys(keys).sort();
  return sha256(JSON.stringify([entity, ...sorted.map((name) => [name, hashedForm(keys[name])])]));
}

function hashedForm(value: Value | undefined): unknown {
  return value?.B instanceof Uint8Array ? { B: asText(value.B) } : value;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isDigits(sequence: unknown): sequence is string {
  return typeof sequence === 'string' && /^\d+$/.test(sequence);
}

function isTime(seconds: unknown): seconds is number {
  return typeof seconds === 'number' && Number.isFinite(seconds * 1000);
}

function usableId(value: Value | undefined, name: string): { text: string } | { reason: string } {
  if (value === undefined) return { reason: `${name} is missing` };
  const text = value?.S ?? value?.N;
  if (typeof text !== 'string') return { reason: `${name} is ${typeName(value)}; an id is a string or a number` };
  if (text === '') return { reason: `${name} is empty` };
  if (!text.isWellFormed()) return { reason: `${name} is not valid Unicode` };
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_ID_BYTES) return { reason: `${name} has ${bytes} bytes; an id has at most ${MAX_ID_BYTES}` };
  return { text };
}

const typeNames: Readonly<Record<string, string>> = {
  B: 'binary',
  BOOL: 'a boolean',
  NULL: 'null',
  L: 'a list',
  M: 'a map',
  SS: 'a set of strings',
  NS: 'a set of numbers',
  BS: 'a set of binaries',
};

function typeName(value: Value | null): string {
  const [type = ''] = Object.keys(value ?? {});
  return ownValue(typeNames, type) ?? 'of an unknown type';
}
