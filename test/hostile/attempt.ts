import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { makeCall } from '../../functions/adapters/http-call.ts';
import { type NameLookup, nameLookup } from '../../functions/adapters/name-lookup.ts';
import type { Notification } from '../../functions/core/notification.ts';
import type { UrlPolicy } from '../../functions/core/url-policy.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import type { DeliverDeps } from '../../functions/deliver/deps.ts';
import { setOauth } from '../../functions/operations/credentials.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { set } from '../../functions/operations/set-url.ts';
import { adminWorld } from '../support/admin-world.ts';
import { type Connection, watchConnections } from '../support/connections.ts';
import { nameServer } from '../support/name-server.ts';
import { message, notification } from '../support/records.ts';
import { calledLately, type InspectedTriggers, storesInMemory } from '../support/stores.ts';
import { unmeasured } from '../support/unmeasured.ts';
import type { Hostile } from './hosts.ts';

export const TRIGGER = 'customer.create';

/** Listeners on this machine for hostile receivers, and a record of every connection of this process. */
export async function openTrap() {
  const accepted: Socket[] = [];
  const listen = async (host: string, port: number) => {
    const server = createServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => {}).destroy();
    }).listen(port, host);
    await once(server, 'listening');
    return server;
  };
  const first = await listen('127.0.0.1', 0);
  const { port } = first.address() as AddressInfo;
  const servers = [first];
  // Not every machine has an IPv6 loopback.
  await listen('::1', port).then(
    (server) => servers.push(server),
    () => {},
  );
  const reachable = new Set([port]);
  const watched = await watchConnections((to) => reachable.has(to.port) && ['127.0.0.1', '::1'].includes(to.address));
  return {
    port,
    /** Ports of this machine to which connections are let through. */
    reachable,
    attempts: watched.attempts as readonly Connection[],
    accepted: accepted as readonly Socket[],
    [Symbol.dispose]() {
      watched[Symbol.dispose]();
      for (const server of servers) server.close();
    },
  };
}

export type Trap = Awaited<ReturnType<typeof openTrap>>;

/** The result of setting, calling and testing a hostile receiver. */
export interface Tried {
  /** Why the URL was rejected, or nothing if it was stored. */
  readonly input: string | undefined;
  /** Why the URL was not called, as stored with the notification, the trigger and the test call. */
  readonly called: string | undefined;
  readonly parkedBecause: string | undefined;
  readonly tested: string | undefined;
  /** The number of waiting notifications after a delivery attempt. A notification is lost if it is not 1. */
  readonly waiting: number;
  readonly connections: readonly Connection[];
  readonly log: string;
}

/** The dependencies for setting a URL. */
export function operationDeps(triggersTable: InspectedTriggers, rules: UrlPolicy, lookUp: NameLookup): OperationDeps {
  return adminWorld({ triggersTable, rules, lookUp }).deps;
}

/** Sets, calls and tests the URL of a receiver with the deployed code and tables in memory. */
export async function tryUrl({ url: template, responses, zones }: Hostile, rules: UrlPolicy, trap: Trap) {
  await using dns = zones && (await nameServer(zones));
  const url = template.replaceAll('PORT', String(trap.port));
  const resolve = lookUpBy(dns, responses);
  const before = trap.attempts.length;
  const { triggers: triggersTable } = storesInMemory();
  const input = await set(operationDeps(triggersTable, rules, resolve), TRIGGER, url).then(
    () => undefined,
    (error: Error) => error.message,
  );

  // An earlier release can have stored such a URL.
  await triggersTable.writeUrl(TRIGGER, url, 0);
  const real = notification({ trigger: TRIGGER });
  const test = notification({ trigger: TRIGGER, record: 'f'.repeat(64), test: true });
  const { backlog, log } = await deliverReally([real, test], triggersTable, rules, resolve);
  return {
    input,
    called: backlog.retryItems.get(real.id)?.response,
    parkedBecause: triggersTable.items.get(TRIGGER)?.parkedBecause,
    tested: backlog.tests.get(test.id)?.response,
    waiting: backlog.retryItems.size + backlog.parkedItems.size,
    connections: trap.attempts.slice(before),
    log,
  } satisfies Tried;
}

/** Sets and uses the URL of a token endpoint, for a trigger whose own URL is allowed. */
export async function tryTokenUrl({ url: template, responses, zones }: Hostile, rules: UrlPolicy, trap: Trap) {
  await using dns = zones && (await nameServer(zones));
  const tokenUrl = template.replaceAll('PORT', String(trap.port));
  const lookUp = lookUpBy(dns, responses);
  const before = trap.attempts.length;
  const { deps, secrets, triggersTable } = adminWorld({ rules, lookUp });
  const client = { tokenUrl, clientId: 'us', clientSecret: 'secret' };
  const input = await setOauth(deps, TRIGGER, client).then(
    () => undefined,
    (error: Error) => error.message,
  );
  // An earlier release, with other rules, can have stored such a URL.
  await secrets.change(TRIGGER, (now) => ({ ...now, oauth: client }));
  await triggersTable.writeUrl(TRIGGER, 'https://receiver.example/', 0);
  const real = notification({ trigger: TRIGGER });
  const { backlog, log } = await deliverReally([real], triggersTable, rules, lookUp, secrets);
  return { input, called: backlog.retryItems.get(real.id)?.response, connections: trap.attempts.slice(before), log };
}

/** The deployed code of deliver with real calls and tables in memory. */
export async function deliverReally(
  notifications: readonly Notification[],
  triggers: InspectedTriggers,
  rules: UrlPolicy,
  resolve?: NameLookup,
  given?: DeliverDeps['secrets'],
) {
  const { backlog, secrets: none, log: deliveryLog } = storesInMemory();
  const secrets = given ?? none;
  const deps: DeliverDeps = {
    startDrain: async () => {},
    triggers,
    backlog,
    secrets,
    log: deliveryLog,
    logged: 'all',
    metrics: unmeasured,
    queue: { sendToDeadLetters: async () => {}, returnToQueue: async () => {} },
    call: makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules }, resolve),
    retryDelays: [5, 30, 120, 600],
    attemptMs: 2_000,
    now: Date.now,
    deliveredAt: calledLately(),
    random: () => 0.5,
    after: () => () => {},
  };
  const messages = notifications.map((one) => message(one));
  const log = await logOf(() => deliver(messages, deps, () => 60_000));
  return { backlog, log };
}

/** No look-up leaves this machine. */
function lookUpBy(dns: { readonly server: string } | undefined, responses: Hostile['responses'] = []): NameLookup {
  if (dns) return nameLookup({ servers: [dns.server], hostsFile: '/nowhere' });
  let asked = 0;
  return async () => {
    const response = responses[Math.min(asked++, responses.length - 1)] ?? [];
    if (response.length === 0) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    return response.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
}

/** The log lines of the run. */
async function logOf(act: () => Promise<unknown>): Promise<string> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  try {
    await act();
  } finally {
    console.log = log;
  }
  return lines.join('\n');
}
