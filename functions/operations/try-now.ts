import type { Trigger } from '../core/entity.ts';
import { FIRST_PROBE_MS } from '../core/probe-schedule.ts';
import type { Deps } from './deployment.ts';
import { note } from './record-change.ts';
import { UserError } from './user-error.ts';

/**
 * Tries a parked trigger now, and not at the scheduled time.
 *
 * @throws {UserError} If it is not parked.
 */
export async function tryNow(
  deps: Deps<'triggersTable' | 'history' | 'who' | 'startDrain'>,
  trigger: Trigger,
): Promise<void> {
  const { parkedBecause = '' } = (await deps.triggersTable.read([trigger])).get(trigger) ?? {};
  if (!(await deps.triggersTable.postponeProbe(trigger, Date.now(), FIRST_PROBE_MS, parkedBecause)))
    throw new UserError(`${trigger} is not parked. Fix: reload its status.`, 'conflict');
  await note(deps, { what: 'state', trigger, from: 'parked', to: 'next try now' });
  await deps.startDrain();
}
