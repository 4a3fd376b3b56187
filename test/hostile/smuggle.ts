import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { formattedString } from '../../functions/core/formatted-string.ts';
import type { UrlPolicy } from '../../functions/core/url-policy.ts';
import { receiver } from '../support/receiver.ts';
import { notification } from '../support/records.ts';
import { storesInMemory } from '../support/stores.ts';
import { deliverReally, TRIGGER, type Trap } from './attempt.ts';

/** With these rules, redirects of an allowed receiver would be called if they were followed. */
const rules: UrlPolicy = {
  allowHttp: true,
  allowedPorts: [],
  allowedPrivateNetworks: ['127.0.0.0/8', '::1/128', '169.254.0.0/16', 'fd00::/8'],
};

const STATUSES = [300, 301, 302, 303, 305, 307, 308];

/** Calls an allowed receiver that redirects with each status. @returns The errors. */
export async function tryRedirect(location: string, trap: Trap): Promise<string[]> {
  const to = location.replaceAll('PORT', String(trap.port));
  const wrong: string[] = [];
  for (const status of STATUSES) {
    await using server = await receiver((_, response) =>
      response.writeHead(status, { location: to, refresh: `0; url=${to}` }).end(),
    );
    const port = Number(new URL(server.origin).port);
    trap.reachable.add(port);
    const before = trap.attempts.length;
    const { triggers } = storesInMemory();
    await triggers.writeUrl(TRIGGER, `${server.origin}/hook`, 0);
    const { backlog } = await deliverReally([notification({ trigger: TRIGGER })], triggers, rules);
    const elsewhere = trap.attempts.slice(before).filter((attempt) => attempt.port !== port);
    const responses = [...backlog.retryItems.values()].map(({ response }) => response);
    if (elsewhere.length > 0) wrong.push(`${status}: connected to ${elsewhere.map(({ address }) => address)}`);
    if (server.calls.length !== 1) wrong.push(`${status}: ${server.calls.length} calls`);
    if (responses.join() !== `HTTP ${status} (redirects are not followed)`) wrong.push(`${status}: ${responses}`);
    trap.reachable.delete(port);
  }
  return wrong;
}

const HEADERS =
  `host connection authorization user-agent accept webhook-id webhook-timestamp crm-trigger crm-trigger-attempt
  crm-trigger-sequence`.split(/\s+/);

/** Puts a text into each external input. @returns Its effects on the request, except that it is contained in it. */
export async function tryInjection(text: string, trap: Trap): Promise<string[]> {
  const wrong: string[] = [];
  const requests: string[] = [];
  const server = createServer((socket) => {
    socket.setEncoding('latin1').on('error', () => {});
    socket.once('data', (chunk: string) => {
      requests.push(chunk);
      socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  trap.reachable.add(port);
  const before = trap.attempts.length;
  const origin = `http://127.0.0.1:${port}`;
  const id = formattedString('customer', { AccountID: text });
  const cases: Record<string, [url: string, formattedString: string, id?: string]> = {
    'as an id': [`${origin}/hook`, id],
    'as a notification': [`${origin}/hook`, '?AccountID=a', text],
    'in a path': [`${origin}/${text}`, '?AccountID=a'],
    'in a query': [`${origin}/hook?x=${encodeURI(text)}`, id],
    'as a user': [`http://${encodeURIComponent(text)}:${encodeURIComponent(text)}@127.0.0.1:${port}/`, id],
  };
  for (const [where, [url, string, notificationId]] of Object.entries(cases)) {
    requests.length = 0;
    const { triggers } = storesInMemory();
    await triggers.writeUrl(TRIGGER, url, 0);
    const one = notification({ trigger: TRIGGER, formattedString: string });
    await deliverReally([{ ...one, id: notificationId ?? one.id }], triggers, rules);
    const [request = ''] = requests;
    // Text that a header cannot contain is not sent.
    if (requests.length !== 1 && where !== 'as a notification') wrong.push(`${where}: ${requests.length} requests`);
    if (requests.length === 0) continue;
    const [head = '', ...rest] = request.split('\r\n\r\n');
    const [line = '', ...headers] = head.split('\r\n');
    const foreign = headers
      .map((header) => header.split(':')[0]?.toLowerCase() ?? '')
      .filter((name) => !HEADERS.includes(name));
    if (!/^GET \/[\x21-\x7e]* HTTP\/1\.1$/.test(line)) wrong.push(`${where}: the request line is ${line}`);
    if (foreign.length > 0 || /[\r\n]/.test(headers.join(''))) wrong.push(`${where}: the headers are ${headers}`);
    if (rest.join('') !== '') wrong.push(`${where}: something follows the headers`);
    if (!headers.includes(`host: 127.0.0.1:${port}`)) wrong.push(`${where}: it is for another host`);
    if (string === id) {
      const sent = new URL(line.split(' ')[1] ?? '', origin).searchParams.getAll('AccountID');
      if (sent.at(-1) !== text) wrong.push(`${where}: the id arrives as ${sent}`);
    }
  }
  const elsewhere = trap.attempts.slice(before).filter((attempt) => attempt.port !== port);
  if (elsewhere.length > 0) wrong.push(`connected to ${elsewhere.map(({ address }) => address)}`);
  trap.reachable.delete(port);
  server.close();
  return wrong;
}
