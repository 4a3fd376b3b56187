import * as z from 'zod/mini';
import { alarmStates } from '../../operations/alarm-states.ts';
import { deadLetters, pageLimits, sendBack } from '../../operations/dead-letters.ts';
import { pageDoctor } from '../../operations/page-doctor.ts';
import { route } from './route.ts';

const list = z.readonly(z.array(z.string()));

const diagnosis = z.object({
  findings: z.readonly(z.array(z.object({ where: z.string(), what: z.string(), fix: z.string() }))),
  /** Checks that could not be made, and why. */
  inconclusive: z.readonly(z.array(z.object({ where: z.string(), because: z.string() }))),
  notes: list,
  checked: list,
  /** What only `crm-triggers doctor` checks. */
  skipped: list,
});

const letters = z.readonly(z.array(z.object({ id: z.string(), reason: z.string(), sentAt: z.string() })));

const alarm = z.object({
  name: z.string(),
  /** The kind of alarm, a heading of docs/operations/alarms.md. */
  heading: z.string(),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  /** When it got this state, epoch milliseconds. */
  since: z.number(),
  meaning: z.string(),
});

/** The doctor, the dead-letter queue and the alarms. */
export const operationRoutes = [
  route({
    method: 'GET',
    path: '/alarms',
    role: 'viewer',
    summary: 'List the alarms of the stack and their states',
    response: z.object({ alarms: z.array(alarm) }),
    run: async ({ deps }) => ({ json: { alarms: await alarmStates(deps) } }),
  }),
  route({
    method: 'GET',
    path: '/doctor',
    role: 'admin',
    summary:
      'Run the checks of the doctor that need no permission on the whole account, and list a fix for each problem',
    response: diagnosis,
    run: async ({ deps }) => ({ json: await pageDoctor(deps) }),
  }),
  route({
    method: 'GET',
    path: '/dead-letters',
    role: 'admin',
    summary: 'List at most 100 dead letters and why each could not be processed',
    // `notShown`: the approximate number of the others.
    response: z.object({ deadLetters: letters, notShown: z.int() }),
    run: async ({ deps }) => ({ json: await deadLetters(deps, undefined, pageLimits) }),
  }),
  route({
    method: 'POST',
    path: '/dead-letters/send-back',
    role: 'admin',
    summary: 'Send dead letters back to the delivery queue for up to 15 seconds; repeat it while `left` is not 0',
    response: z.object({ sentBack: letters, left: z.int() }),
    run: async ({ deps }) => ({ json: await sendBack(deps, undefined, pageLimits.seconds) }),
  }),
] as const;
