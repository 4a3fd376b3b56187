import * as z from 'zod/mini';
import { json } from '../adapters/json-text.ts';
import { outputNames } from '../operations/deployment.ts';
import { signInShape } from './sign-in.ts';

/** The environment variables of the console's function. infra/ sets them. */
export const consoleEnv = z.object({
  /** JSON: the outputs of the stack whose triggers the page shows. */
  OUTPUTS: json(z.record(z.enum(outputNames), z.string())),
  /** The path of the parameters with the names of the alarms. */
  ALARM_NAMES: z.string(),
  /** JSON: the identity provider. */
  SIGN_IN: json(signInShape),
});
