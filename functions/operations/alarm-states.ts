import { type AlarmState, NotRead } from '../adapters/alarms.ts';
import type { Deps } from './deployment.ts';
import { UserError } from './user-error.ts';

/** An alarm for people. */
interface AlarmStatus extends Omit<AlarmState, 'description'> {
  /** The kind of alarm, a heading of docs/operations/alarms.md. */
  readonly heading: string;
  readonly meaning: string;
}

/** Returns the alarms of the stack. @throws {UserError} If CloudWatch does not return them. */
export async function alarmStates({ alarms }: Deps<'alarms'>): Promise<AlarmStatus[]> {
  const states = await alarms.read().catch((error) => {
    if (!(error instanceof NotRead)) throw error;
    const line = `The states of the alarms cannot be read: ${error.message} To fix this, deploy both stacks again; until then, see the alarms in CloudWatch.`;
    throw new UserError(line, 'unreachable');
  });
  return states.map(inWords);
}

/** Reads a description as infra/monitoring.ts writes it. */
function inWords({ description, ...alarm }: AlarmState): AlarmStatus {
  const [meaning = '', link = ''] = description.split(' What to do: ');
  return { ...alarm, meaning, heading: headingOf(link) || alarm.name };
}

/** `docs/operations/alarms.md#trigger-down` → `Trigger down` */
function headingOf(link: string): string {
  const words = (link.split('#')[1] ?? '').replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
