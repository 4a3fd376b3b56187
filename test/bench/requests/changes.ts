import { randomUUID } from 'node:crypto';
import type { Entity } from '../../../functions/core/entity.ts';
import { streamRecord } from '../../support/records.ts';

export type Records = ReturnType<typeof streamRecord>[];

const kinds = ['INSERT', 'MODIFY', 'REMOVE'] as const;

/** Of ten changes three create, six edit and one deletes a row. The IDs are as long as those of most systems. */
export function changes(entity: Entity, count: number, kindOf = byTen): Records {
  return Array.from({ length: count }, (_, i) => {
    const ids = { AccountID: randomUUID(), CaseID: randomUUID(), FollowupID: randomUUID(), TaskID: randomUUID() };
    const kind = kinds[kindOf(i)] ?? 'INSERT';
    // An edit of a followup makes no call.
    const name = entity === 'followup' && kind === 'MODIFY' ? 'INSERT' : kind;
    const record = streamRecord(entity, name, ids, { eventID: randomUUID() });
    if (record.dynamodb) record.dynamodb.ApproximateCreationDateTime = Math.floor(Date.now() / 1000);
    return record;
  });
}

function byTen(i: number): number {
  const digit = (i * 7) % 10;
  return digit < 3 ? 0 : digit < 9 ? 1 : 2;
}
