import { makeCall } from '../../functions/adapters/http-call.ts';
import { loopbackRules } from './rules.ts';

/** Makes real calls to this machine, with short time limits. */
export const call = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules: loopbackRules });
