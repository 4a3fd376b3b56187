import type { Action, Entity, Trigger } from '../../functions/core/entity.ts';
import type { Row } from './agent.ts';

/** A change by the agent, and the call that it causes. */
export interface DemoStep {
  readonly entity: Entity;
  readonly action: Action;
  readonly row: Row;
  /** Absent if the change makes no call. */
  readonly expected?: { readonly trigger: Trigger; readonly formattedString: string };
}

/**
 * One create, edit and delete of each entity. The expected strings do not come from the code that they check.
 *
 * @param run Text that makes the IDs of this run unique.
 */
export function demonstration(run: string): DemoStep[] {
  const account = `A-${run}`;
  const rows = {
    customer: { AccountID: account, Name: 'Ada Lovelace' },
    case: { AccountID: account, CaseID: `C-${run}`, Subject: 'Cannot log in' },
    followup: { AccountID: account, CaseID: `C-${run}`, FollowupID: `F-${run}`, Note: 'Called back' },
    task: { AccountID: account, TaskID: `T-${run}`, Title: 'Send the manual' },
  };
  const strings = {
    customer: `?AccountID=${account}`,
    case: `?AccountID=${account}&CaseID=C-${run}`,
    followup: `?AccountID=${account}&CaseID=C-${run}&FollowupID=F-${run}`,
    task: `?AccountID=${account}&TaskID=T-${run}`,
  };
  const demoStep = (entity: keyof typeof rows, action: Action): DemoStep => ({
    entity,
    action,
    row: rows[entity],
    ...(!(entity === 'followup' && action === 'edit') && {
      expected: { trigger: `${entity}.${action}` as Trigger, formattedString: strings[entity] },
    }),
  });
  return (['customer', 'case', 'followup', 'task'] as const).flatMap((entity) =>
    (['create', 'edit', 'delete'] as const).map((action) => demoStep(entity, action)),
  );
}
