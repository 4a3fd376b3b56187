// [table row → change] → notification → attempt → outcome
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { type Action, type Entity, isTrigger, type Trigger } from './entity.ts';
import type { Ids } from './formatted-string.ts';
import { recordHash } from './record-hash.ts';
import { readIds } from './row-ids.ts';
import { isMarked, isReplication, isSameBut, type RowRules } from './row-rules.ts';
import { sha256 } from './sha256.ts';

/** The information in every stream record, also in one without usable IDs. */
interface ChangeInfo {
  readonly trigger: Trigger;
  /** The ID of the stream record: the same each time the stream returns it. */
  readonly eventId: string;
  /** An opaque hash of the row's table and key: changes of the same record keep their order. */
  readonly record: string;
  /** The stream's sequence number: decimal digits that grow with each change of one record. */
  readonly sequence: string;
  /** The time of the change, in epoch milliseconds (AWS reports whole seconds). */
  readonly changedAt: number;
}

export interface Change extends ChangeInfo {
  readonly kind: 'change';
  readonly entity: Entity;
  readonly ids: Ids;
}

/** A change that cannot be formatted: an ID is missing or cannot be used in a URL. */
export interface Unusable extends ChangeInfo {
  readonly kind: 'unusable';
  /** One line for the operator: which ID, and why. */
  readonly reason: string;
  /** The row's key, with which the operator finds the row. */
  readonly keys: Readonly<Record<string, AttributeValue>>;
}

/** A change that a receiver made and marked as its own. It makes no call. */
interface Suppressed extends ChangeInfo {
  readonly kind: 'suppressed';
}

/** A record that makes no call: it has no trigger, DynamoDB made the change, or only ignored attributes changed. */
interface Ignored {
  readonly kind: 'ignored';
  readonly reason: string;
}

const actions: Readonly<Record<string, Action>> = { INSERT: 'create', MODIFY: 'edit', REMOVE: 'delete' };

/**
 * Reads a stream record of an entity's table. A malformed record results in `unusable` or `ignored`, never in an
 * exception.
 *
 * @param receivedAt Epoch milliseconds: the time of the change if the record has no time.
 */
export function readChange(
  entity: Entity,
  record: DynamoDBRecord,
  receivedAt: number,
  rules: RowRules = {},
): Change | Unusable | Suppressed | Ignored {
  const trigger = `${entity}.${actions[record.eventName ?? '']}`;
  if (!isTrigger(trigger)) return { kind: 'ignored', reason: `no trigger for ${record.eventName} of a ${entity}` };
  if (isExpiry(record)) return { kind: 'ignored', reason: 'deleted by time to live' };

  const { Keys, NewImage, OldImage, SequenceNumber, ApproximateCreationDateTime } = record.dynamodb ?? {};
  const keys = Keys ?? {};
  const { ignore, silencedBy } = rules;
  if (isReplication(OldImage, NewImage)) return { kind: 'ignored', reason: 'written by replication' };
  if (ignore && isSameBut(ignore, OldImage, NewImage))
    return { kind: 'ignored', reason: 'only ignored attributes changed' };
  const info: ChangeInfo = {
    trigger,
    // Without an event ID, a hash of the whole record distinguishes two changes.
    eventId: record.eventID || sha256(JSON.stringify(record.dynamodb ?? null)),
    record: recordHash(entity, keys),
    sequence: isDigits(SequenceNumber) ? SequenceNumber : '0',
    changedAt: isTime(ApproximateCreationDateTime) ? Math.round(ApproximateCreationDateTime * 1000) : receivedAt,
  };
  // Without the row before an edit, the mark can be older than the edit, so the edit is not suppressed.
  const hasBefore = Boolean(OldImage) || record.eventName === 'INSERT';
  if (silencedBy && hasBefore && isMarked(silencedBy, OldImage, NewImage)) return { kind: 'suppressed', ...info };
  const read = readIds(entity, { ...keys, ...(NewImage ?? OldImage) }, rules);
  if ('reason' in read) return { kind: 'unusable', ...info, keys, reason: read.reason };
  return { kind: 'change', ...info, entity, ids: read.ids };
}

/** Stream records of rows that time to live removed have the DynamoDB service as their user. */
function isExpiry({ userIdentity }: DynamoDBRecord): boolean {
  return userIdentity?.type === 'Service' && userIdentity.principalId === 'dynamodb.amazonaws.com';
}

function isDigits(sequence: unknown): sequence is string {
  return typeof sequence === 'string' && /^\d+$/.test(sequence);
}

function isTime(seconds: unknown): seconds is number {
  return typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds * 1000);
}
