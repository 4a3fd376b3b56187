import type { DeliveryLog } from '../../functions/adapters/delivery-log.ts';
import type { Call } from '../../functions/adapters/http-call.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { LogEntry } from '../../functions/core/log-entry.ts';
import { ATTEMPT_MS } from './function-deps.ts';
import type { Environment, Invocation } from './network.ts';
import type { World } from './world.ts';

export function logOf(world: World, log: DeliveryLog, invocation: Invocation) {
  const write = async (entries: readonly LogEntry[]): Promise<void> => {
    await log.write(entries).catch((error) => {
      world.unlogged.add(invocation);
      throw error;
    });
    world.logged.push(...entries);
  };
  return { write };
}

export function callFrom(world: World, from: Environment, invocation: Invocation): Call {
  return (url, headers, cut) => {
    const id = headers['webhook-id'] ?? '';
    const begun = (world.begun.get(id) ?? 0) + 1;
    world.begun.set(id, begun);
    if (begun === 1) world.firstBegun.set(id, world.clock.now());
    const trigger = headers['crm-trigger'] as Trigger;
    const { origin, pathname, search } = new URL(url);
    const record = `${trigger}${search}`;
    const ofRecord = (world.begunOfRecord.get(record) ?? 0) + 1;
    world.begunOfRecord.set(record, ofRecord);
    const { receivers } = world.options;
    if ('call' in receivers) return receivers.call(url, headers, cut);
    const called = origin + pathname;
    world.watch.called(from.name, trigger, called, invocation.startedAt);
    return (
      world.network
        .request(from, () => {
          const call = {
            id,
            trigger,
            url: called,
            formattedString: search,
            sequence: BigInt(headers['crm-trigger-sequence'] ?? '0'),
            attempt: Number(headers['crm-trigger-attempt']),
            begun,
            ofRecord,
            coalesced: Number(headers['crm-trigger-coalesced'] ?? 1),
            at: world.clock.now(),
          };
          const { response, ms } = receivers.behavior(call);
          world.deliveries.push({ ...call, response, from: invocation });
          return { response, ms };
        })
        .then(async ({ response, ms }) => {
          const isCut = new Promise<'cut'>((resolve) => cut?.addEventListener('abort', () => resolve('cut')));
          const ends = await Promise.race([isCut, world.clock.sleep(Math.min(ms, ATTEMPT_MS))]);
          await from.running();
          if (ends === 'cut') return { failure: 'cut off' };
          return ms > ATTEMPT_MS ? { failure: 'no response within 10 s' } : response;
        })
        // The request to the receiver can fail too. A call never throws.
        .catch(() => ({ failure: 'connection broken before a response' }))
    );
  };
}
