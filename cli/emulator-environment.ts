import { lookup } from 'node:dns/promises';
import { devNull } from 'node:os';

/** Variables of AWS SDKs and tools, of the CDK (it reads each of its options from CDK_*) and of MiniStack. */
const AMBIENT = /^(?:AWS|CDK|MINISTACK)_/i;

/** Names of this machine in NO_PROXY. Clients write IPv6 addresses in two ways. */
const LOOPBACK = ['localhost', '.localhost', '127.0.0.1', '::1', '[::1]'];

/** The CDK prefers the npm_config variable if it is set. */
const NO_PROXY = ['NO_PROXY', 'no_proxy', 'npm_config_no_proxy'];

/** Hosts of AWS. An endpoint at one of these is not an emulator. */
const AWS_HOST = /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)\.?$/;

/**
 * The environment of a process that uses an emulator. It leaves out the inherited AWS settings, because a profile, a region,
 * a configuration file or the endpoint of a service could lead to AWS. Proxies remain for package registries; requests to
 * this machine do not use them.
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
    // Without these two, SDKs read the files in the home directory, whose default profile can name a region or endpoints.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    ...withoutProxyFor([...LOOPBACK, ...loopbackOf(endpoint)], inherited),
  };
}

/** Changes an environment, such as this process's, to that of a process that uses an emulator. */
export async function useEmulator(env: NodeJS.ProcessEnv, endpoint: string): Promise<void> {
  const wanted = await emulatorEnvironment(endpoint, env);
  for (const name of Object.keys(env)) if (!(name in wanted)) delete env[name];
  Object.assign(env, wanted);
}

/** Calls `useEmulator` if AWS_ENDPOINT_URL is set and does not lead to AWS. */
export async function useGivenEmulator(env: NodeJS.ProcessEnv): Promise<void> {
  const endpoint = env.AWS_ENDPOINT_URL;
  if (!endpoint || (URL.canParse(endpoint) && AWS_HOST.test(new URL(endpoint).hostname))) return;
  await useEmulator(env, endpoint);
}

/** Adds this machine to the exceptions of the proxy. */
export function neverProxyLoopback(env: NodeJS.ProcessEnv): void {
  Object.assign(env, withoutProxyFor(LOOPBACK, env));
}

function withoutProxyFor(hosts: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const listed = NO_PROXY.flatMap((name) => (env[name] ?? '').split(/[,\s]+/)).filter(Boolean);
  const all = listed.includes('*') ? '*' : [...new Set([...listed, ...hosts])].join(',');
  return Object.fromEntries(NO_PROXY.map((name) => [name, all]));
}

/** If the host is an address, S3 clients put the bucket into the path, so no DNS name per bucket is needed. */
async function withAddress(endpoint: string): Promise<string> {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url?.hostname) return endpoint;
  const found = await lookup(url.hostname.replace(/^\[|\]$/g, ''), { family: 4 }).catch(() => undefined);
  url.hostname = found?.address ?? url.hostname;
  return url.origin;
}

/** The host of the endpoint if it is another loopback address or name. */
function loopbackOf(endpoint: string): string[] {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  return /^127\.|\.localhost$/.test(host) ? [host] : [];
}
