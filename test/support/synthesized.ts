import { type Deployed, synthesize } from '../../cli/local/deploy.ts';
import { fingerprint, kept } from './kept.ts';
import { interrupted } from './processes.ts';

/**
 * The same deployment, with what it synthesizes to. Every test file deploys nearly the same, and a synthesis takes three
 * times as long as the deployment: it is made once per state of the sources, and kept.
 */
export async function synthesized(deployed: Deployed = {}): Promise<Deployed> {
  const key = await fingerprint([deployed], ['cdk.json', 'package-lock.json', 'functions', 'infra']);
  return { ...deployed, assembly: await kept('synthesized', key, (into) => synthesize(interrupted, deployed, into)) };
}
