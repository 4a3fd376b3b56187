import * as z from 'zod/mini';
import { json } from '../adapters/env.ts';
import { outputNames } from '../operations/deployment.ts';
import { signInShape } from './sign-in.ts';

/** The console's environment: what infra/ sets, and the function reads. */
export const consoleEnv = z.object({
  /** JSON: the outputs of the stack that it shows. */
  OUTPUTS: json(z.record(z.enum(outputNames), z.string())),
  /** JSON. */
  SIGN_IN: json(signInShape),
});
