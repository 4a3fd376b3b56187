import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { triggers } from '../../functions/core/entity.ts';
import { type LogEntry, loggedOutcomes } from '../../functions/core/log-entry.ts';
import { anyText } from './any-text.ts';

let made = 0;

/** A successful attempt, with IDs as long as those of most systems. */
export function logEntry(overrides: Partial<LogEntry> = {}): LogEntry {
  made++;
  const hex = (what: string) => createHash('sha256').update(`${what} ${made}`).digest('hex').slice(0, 32);
  const uuid = (what: string) => hex(what).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return {
    at: 1_795_416_101_000 + ((made * 7_919) % 1_000),
    trigger: 'case.edit',
    id: `msg_${hex('id')}`,
    formattedString: `?AccountID=${uuid('account')}&CaseID=${uuid('case')}`,
    attempt: 1,
    outcome: 'delivered',
    response: 'HTTP 200',
    milliseconds: 20 + ((made * 31) % 90),
    ...overrides,
  };
}

/** Any attempt, with any body, including hostile ones. */
export const anyEntry: fc.Arbitrary<LogEntry> = fc
  .record(
    {
      at: fc.integer({ min: 0, max: 2_000 }),
      trigger: fc.constantFrom(...triggers),
      formattedString: fc.constantFrom('?AccountID=a1', '?AccountID=%C3%96', '?AccountID=a1&TaskID=t'),
      attempt: fc.integer({ min: 1, max: 9 }),
      outcome: fc.constantFrom(...loggedOutcomes),
      milliseconds: fc.nat(10_000),
      body: fc.oneof(anyText({ minLength: 1 }), fc.constantFrom('\u0000\u001b[31m', '"],[', '\u202e\ufffd\n')),
      headers: fc.constantFrom('server: nginx', 'date: x\nserver: y'),
      test: fc.constant(true as const),
      redelivered: fc.constant(true as const),
    },
    { requiredKeys: ['at', 'trigger', 'formattedString', 'attempt', 'outcome', 'milliseconds'] },
  )
  .map((drawn) => logEntry(drawn));
