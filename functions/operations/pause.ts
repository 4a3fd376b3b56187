import type { Trigger } from '../core/entity.ts';
import type { Deps } from './deployment.ts';
import { noUrl } from './no-url.ts';
import { note } from './record-change.ts';
import { UserError } from './user-error.ts';

/**
 * Pauses a trigger: its notifications go to its backlog until it is resumed.
 *
 * @returns False if it was paused already. Nothing changes then.
 */
export async function pause(deps: Deps<'triggersTable' | 'history' | 'who'>, trigger: Trigger): Promise<boolean> {
  const { state: from = 'active' } = (await deps.triggersTable.read([trigger])).get(trigger) ?? {};
  if (!(await deps.triggersTable.move(trigger, 'pause', { pausedBy: 'admin' }))) return false;
  await note(deps, { what: 'state', trigger, from, to: 'paused' });
  return true;
}

/**
 * Resumes a paused trigger: its backlog is delivered in order, and then new notifications.
 *
 * @throws {UserError} If it is not paused, or has no URL.
 */
export async function resume(
  deps: Deps<'triggersTable' | 'history' | 'who' | 'startDrain'>,
  trigger: Trigger,
): Promise<void> {
  const { state, url } = (await deps.triggersTable.read([trigger])).get(trigger) ?? {};
  if (state === 'paused' && url === undefined)
    throw new UserError(`${trigger} cannot be resumed: ${noUrl(trigger)}.`, 'conflict');
  if (!(await deps.triggersTable.move(trigger, 'resume'))) throw new UserError(`${trigger} is not paused.`, 'conflict');
  await note(deps, { what: 'state', trigger, from: 'paused', to: 'draining' });
  await deps.startDrain();
}
