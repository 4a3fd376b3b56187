import type { Trigger } from '../../functions/core/entity.ts';
import { Clock } from './clock.ts';
import { noFaults } from './network.ts';
import { inTimeOf } from './play.ts';
import { World } from './world.ts';
import type { Behavior, WorldOptions } from './world-options.ts';

export const SECOND = 1000;

export const HOUR = 3600 * SECOND;

export const TRIGGER = 'customer.edit';

export const responses = (status: number, ms = 20): ReturnType<Behavior> => ({ response: { status, body: '' }, ms });

/** A world with only the faults of a script. `pass` advances its time. */
export function scripted(
  script: (scene: { world: World; clock: Clock; pass: (milliseconds: number) => Promise<boolean> }) => Promise<void>,
  options: Partial<WorldOptions> & { readonly behavior?: Behavior } = {},
): Promise<void> {
  const clock = new Clock();
  const { behavior = () => responses(200), ...rest } = options;
  return inTimeOf(clock, async () => {
    const world = new World({ clock, seed: 7, workers: 2, faults: noFaults, receivers: { behavior }, ...rest });
    const pass = (milliseconds: number) => clock.until(() => false, clock.now() + milliseconds);
    await script({ world, clock, pass });
    world.stop();
  });
}

export const setUrl = (world: World, trigger: Trigger) =>
  world.triggers.writeUrl(trigger, `https://receiver.example/${trigger}`, world.clock.now());

export const delivered = (world: World) =>
  world.deliveries
    .filter(({ response }) => 'status' in response && response.status === 200)
    .map(({ sequence }) => sequence);
