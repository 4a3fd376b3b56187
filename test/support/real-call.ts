import { makeCall } from '../../functions/adapters/http-call.ts';
import { loopbackRules } from './rules.ts';

/** Makes a function for real calls to this machine, with short time limits and no tokens of earlier calls. */
export const newCall = () => makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules: loopbackRules });

export const call = newCall();
