import { type Deployed, synthesize } from '../../cli/local/deploy.ts';
import { fingerprint, kept } from './kept.ts';
import { interrupted } from './processes.ts';

/**
 * The deployment with its synthesized assembly. All test files deploy nearly the same stacks, and a synthesis takes three times
 * as long as a deployment. The assembly is therefore cached per state of the sources.
 */
export async function synthesized(deployed: Deployed = {}): Promise<Deployed> {
  const key = await fingerprint([deployed], ['cdk.json', 'package-lock.json', 'functions', 'infra']);
  return { ...deployed, assembly: await kept('synthesized', key, (into) => synthesize(interrupted, deployed, into)) };
}
