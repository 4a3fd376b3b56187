import { fromEnv } from '@aws-sdk/credential-provider-env';

/** Replaces the AWS SDK's default chain in the bundles, because a Lambda function's credentials are in its environment. */
export const defaultProvider = fromEnv;
