import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';

export const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

/**
 * An app with the context of cdk.json, without bundles. The CDK checks its templates only if they are `validated`, because its rules
 * take 4 s of CPU time in each process. test/infra/static.test.ts validates all variants.
 */
export function newApp(ownContext: object, { validated = false, outdir }: AppOptions = {}): App {
  return new App({
    context: { ...context, ...ownContext, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: validated,
    ...(outdir && { outdir }),
  });
}

export interface AppOptions {
  readonly validated?: boolean;
  readonly outdir?: string;
}
