import type { CaptureDeps } from '../../functions/capture/capture.ts';
import type { Entity, Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { storesInMemory } from '../support/stores.ts';
import { unmeasured } from '../support/unmeasured.ts';

/** The dependencies of capture, with the notifications that it sent and the changes that it moved to Failed. */
export function setUp(entity: Entity, withUrl: readonly Trigger[], overrides: Partial<CaptureDeps> = {}) {
  const sent: Notification[] = [];
  const { backlog } = storesInMemory(() => 0);
  const deps: CaptureDeps = {
    entity,
    withUrl: async () => new Set(withUrl),
    queue: { send: async (notifications) => void sent.push(...notifications) },
    backlog,
    metrics: unmeasured,
    now: () => 0,
    ...overrides,
  };
  return { deps, sent, failed: () => [...backlog.failedItems.values()] };
}

/** A dependency that does not respond. */
export const doesNotRespond = async () => {
  throw Object.assign(new Error('no response'), { name: 'TimeoutError' });
};
