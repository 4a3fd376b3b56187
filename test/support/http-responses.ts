import { makeCall } from '../../functions/adapters/http-call.ts';
import { loopbackRules } from './rules.ts';

export const call = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules: loopbackRules });
