import { fromEnv } from '@aws-sdk/credential-provider-env';

/** Stands for the AWS SDK's default chain in the bundles: a Lambda function's credentials are in its environment. */
export const defaultProvider = fromEnv;
