import { describe, test } from 'node:test';
import { backlogCases } from './backlog.ts';
import { failedCases } from './failed.ts';
import { type Harness, type MakeHarness, type Stores, storesOf } from './harness.ts';
import { oldShapeCases } from './old-shapes.ts';
import { oldTableCases } from './old-tables.ts';
import { otherCases } from './others.ts';
import { pendingCases } from './pending.ts';
import { pullCases } from './pull.ts';
import { requestCases } from './requests.ts';
import { settingCases } from './settings.ts';
import { triggerCases } from './triggers.ts';

/** The cases of the suite: a title, and a test with new tables. */
export type Cases = Readonly<Record<string, (stores: Stores, harness: Harness) => Promise<void>>>;

const groups: Readonly<Record<string, Cases>> = {
  triggers: triggerCases,
  'settings of a trigger': settingCases,
  'pending notifications': pendingCases,
  backlog: backlogCases,
  'Failed, tests and retention': failedCases,
  'secrets, history, record counts, delivery log': otherCases,
  'changes for receivers, pull tokens': pullCases,
  'requests to DynamoDB': requestCases,
  'items of release 0.2.0 in the backlog table': oldShapeCases,
  'items of release 0.2.0 in other tables': oldTableCases,
};

/** Runs the suite of the stores against whatever a harness reaches. */
export function conformance(name: string, makeHarness: MakeHarness): void {
  for (const [group, cases] of Object.entries(groups))
    describe(`${name}: ${group}`, () => {
      for (const [title, run] of Object.entries(cases))
        test(title, async () => {
          const harness = await makeHarness();
          try {
            await run(storesOf(harness), harness);
          } finally {
            await harness.drop();
          }
        });
    });
}
