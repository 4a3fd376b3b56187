import type { Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { set } from '../../functions/operations/set-url.ts';
import { adminWorld } from './admin-world.ts';
import { notification } from './records.ts';

export type World = ReturnType<typeof adminWorld>;

export async function failMany(
  { backlog }: World,
  count: number,
  of: (n: number) => Partial<Notification> = () => ({}),
) {
  for (let n = 0; n < count; n++) {
    const one = notification({ trigger: 'customer.edit', ...of(n) });
    const { id, trigger, record, sequence, changedAt } = one;
    const why = { reason: 'HTTP 404', attempts: 5, failedAt: changedAt };
    await backlog.fail({ id, trigger, record, sequence, changedAt, ...why, notification: one });
  }
}

export async function withUrl(overrides: Record<string, unknown> = {}, trigger: Trigger = 'customer.edit') {
  const world = adminWorld(overrides);
  await set(world.deps, trigger, 'https://example.com/');
  return world;
}
