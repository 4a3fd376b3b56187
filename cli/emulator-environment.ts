import { lookup } from 'node:dns/promises';
import { devNull } from 'node:os';

/** Settings of AWS SDKs and tools, of the CDK (it reads each of its options from CDK_*) and of MiniStack. */
const AMBIENT = /^(?:AWS|CDK|MINISTACK)_/i;

/** Names of this machine, as NO_PROXY lists them. Clients differ in how they write an IPv6 address. */
const LOOPBACK = ['localhost', '.localhost', '127.0.0.1', '::1', '[::1]'];

/** An npm_config variable counts before the others for the CDK, where it is set. */
const NO_PROXY = ['NO_PROXY', 'no_proxy', 'npm_config_no_proxy'];

/** Hosts of AWS: an endpoint with such a host is no emulator. */
const AWS_HOST = /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)\.?$/;

/**
 * The environment of a process that talks to an emulator. It has none of the inherited AWS settings: a profile, a region,
 * a configuration file or an endpoint of one service would lead elsewhere. Proxies stay, for package registries, but not
 * for this machine.
 *
 * @param endpoint `http://127.0.0.1:4566`
 */
export async function emulatorEnvironment(
  endpoint: string,
  inherited: NodeJS.ProcessEnv = process.env,
): Promise<NodeJS.ProcessEnv> {
  const kept = Object.entries(inherited).filter(([name]) => !AMBIENT.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: await withAddress(endpoint),
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    // Without these, the files in the home directory are read: their default profile can name a region or endpoints.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    ...withoutProxyFor([...LOOPBACK, ...loopbackOf(endpoint)], inherited),
  };
}

/** Changes an environment, such as that of this process, to the one for an emulator. */
export async function useEmulator(env: NodeJS.ProcessEnv, endpoint: string): Promise<void> {
  const wanted = await emulatorEnvironment(endpoint, env);
  for (const name of Object.keys(env)) if (!(name in wanted)) delete env[name];
  Object.assign(env, wanted);
}

/** Does so if AWS_ENDPOINT_URL names an emulator, as every endpoint does that is not AWS's own. */
export async function useGivenEmulator(env: NodeJS.ProcessEnv): Promise<void> {
  const endpoint = env.AWS_ENDPOINT_URL;
  if (!endpoint || (URL.canParse(endpoint) && AWS_HOST.test(new URL(endpoint).hostname))) return;
  await useEmulator(env, endpoint);
}

/** Excludes this machine from the use of proxies. */
export function neverProxyLoopback(env: NodeJS.ProcessEnv): void {
  Object.assign(env, withoutProxyFor(LOOPBACK, env));
}

function withoutProxyFor(hosts: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const listed = NO_PROXY.flatMap((name) => (env[name] ?? '').split(/[,\s]+/)).filter(Boolean);
  const all = listed.includes('*') ? '*' : [...new Set([...listed, ...hosts])].join(',');
  return Object.fromEntries(NO_PROXY.map((name) => [name, all]));
}

/** With an address in place of a name, S3 clients put the bucket into the path: no DNS name per bucket is needed. */
async function withAddress(endpoint: string): Promise<string> {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url?.hostname) return endpoint;
  const found = await lookup(url.hostname.replace(/^\[|\]$/g, ''), { family: 4 }).catch(() => undefined);
  url.hostname = found?.address ?? url.hostname;
  return url.origin;
}

/** The endpoint's host, if it is another loopback address or name. */
function loopbackOf(endpoint: string): string[] {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  return /^127\.|\.localhost$/.test(host) ? [host] : [];
}
