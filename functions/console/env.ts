import * as z from 'zod/mini';
import { outputNames } from '../admin/deployment.ts';
import { signInShape } from './sign-in.ts';

const json = z.pipe(
  z.string(),
  z.transform((text) => JSON.parse(text)),
);

/** The console's environment: what infra/ sets, and the function reads. */
export const consoleEnv = z.object({
  /** JSON: the outputs of the stack that it shows. */
  OUTPUTS: z.pipe(json, z.record(z.enum(outputNames), z.string())),
  /** JSON. */
  SIGN_IN: z.pipe(json, signInShape),
});
