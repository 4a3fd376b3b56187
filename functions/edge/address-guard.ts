import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Judge } from '../core/destination-rules.ts';
import type { Resolve } from './resolve.ts';

/** The destination may not be called. The message says why, without a word of the URL. */
export class DestinationRefused extends Error {
  override readonly name = 'DestinationRefused';
}

/** A connection took too long, with all that belongs to it: look-up, TCP, TLS. */
class NoConnection extends Error {
  override readonly name = 'NoConnection';
}

/**
 * Agents, one for each scheme, that connect to judged addresses only. They stand below everything that could choose another
 * destination: whatever is to be connected to comes through here. Scheme, port and a literal address, for which no look-up
 * happens, are judged first; then the addresses that a name leads to, and just these are handed on, so that there is no
 * second look-up which could answer otherwise.
 *
 * @param connectMs The longest that connecting takes.
 */
export function guardedAgents(judge: Judge, options: AgentOptions, connectMs: number, resolve: Resolve) {
  const guarded = { ...options, lookup: guardedLookup(judge, resolve) };
  const guard = (agent: Agent, protocol: string, connected: string): Agent => {
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (to: ClientRequestArgs, callback) => {
      const refused = judge.destination({ protocol, hostname: to.host ?? '', port: String(to.port ?? '') });
      if (refused !== undefined) throw new DestinationRefused(refused);
      const socket = connect(to, callback);
      const tooLong = setTimeout(() => socket?.destroy(new NoConnection()), connectMs);
      for (const event of [connected, 'close']) socket?.once(event, () => clearTimeout(tooLong));
      return socket;
    };
    return agent;
  };
  return {
    http: guard(new Agent(guarded), 'http:', 'connect'),
    https: guard(new TlsAgent(guarded), 'https:', 'secureConnect'),
  };
}

/**
 * One private address among a name's condemns them all. To leave it out and connect to the others would be as safe for
 * this connection; but nobody means such a name, it is what rebinding looks like halfway, and whether it is called must
 * not hang on which of its addresses an answer happens to hold.
 */
function guardedLookup(judge: Judge, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, options).then(
      (found) => {
        const [first] = found;
        if (!first) return callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), []);
        const refused = judge.addresses(found.map(({ address }) => address));
        if (refused !== undefined) callback(new DestinationRefused(refused), []);
        else if (options.all) callback(null, [...found]);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, []),
    );
  };
}
