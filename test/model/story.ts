import fc from 'fast-check';
import type { Faults } from './network.ts';
import {
  account,
  alone,
  burst,
  change,
  integer,
  rarely,
  type Story,
  type StoryTrigger,
  span,
  trigger,
} from './story-parts.ts';
import { act, outage, pause, scene, silence } from './story-scenes.ts';

const faults: fc.Arbitrary<Faults> = fc.record({
  crash: rarely,
  failure: rarely,
  halfAccepted: fc.constantFrom(0, 0.1, 0.5),
  slow: fc.constantFrom(0, 0.02, 0.1),
  repeat: rarely,
  skewMs: fc.constantFrom(0, 900),
  throttled: rarely,
  unprocessed: fc.constantFrom(0, 0, 0.1),
  resent: rarely,
  late: fc.constantFrom(0, 0, 0, 0.1),
});

/** The maximum time for which a receiver rejects everything. Its trigger is parked, and days of that take long to play. */
const REJECTED_SECONDS = [1_000, 1_500, 2_000, 3_000, 3_000, 6_000, 1e9];

export const stories: fc.Arbitrary<Story> = fc
  .record({
    seed: integer(0, 2 ** 31),
    workers: integer(1, 4),
    changes: fc.array(fc.oneof(change.map(alone), change.map(alone), burst), { minLength: 1, maxLength: 12 }),
    outages: fc.array(outage, { maxLength: 3 }),
    flaky: fc.constantFrom(0, 0, 0.1, 0.5),
    rejected: fc.option(fc.record({ trigger, account, seconds: fc.constantFrom(...REJECTED_SECONDS) }), {
      nil: undefined,
      freq: 2,
    }),
    pauses: fc.array(pause, { maxLength: 2 }),
    acts: fc.oneof(fc.constant([]), fc.array(act, { maxLength: 4 })),
    silences: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(silence, { maxLength: 2 })),
    throttles: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(span, { maxLength: 1 })),
    scenes: fc.oneof({ weight: 3, arbitrary: scene.map(alone) }, fc.array(scene, { maxLength: 2 })),
    limited: fc.option(fc.record({ trigger, perSecond: fc.constantFrom(0.5, 3, 20) }), { nil: undefined, freq: 1 }),
    coalesced: fc.constantFrom<StoryTrigger[]>([], [], ['customer.edit', 'task.edit']),
    faults,
  })
  .map(({ scenes, changes, pauses, acts, ...rest }) => {
    return {
      ...rest,
      changes: [...changes.flat(), ...scenes.flatMap((scene) => scene.changes ?? [])],
      outages: [...rest.outages, ...scenes.flatMap((scene) => scene.outages ?? [])],
      acts: [...pauses.flat(), ...acts, ...scenes.flatMap((scene) => scene.acts ?? [])],
      letters: scenes.flatMap((scene) => scene.letters ?? []),
      silences: [...rest.silences, ...scenes.flatMap((scene) => scene.silences ?? [])],
      losses: scenes.flatMap((scene) => scene.losses ?? []),
      recordLimit: scenes.find(({ recordLimit }) => recordLimit)?.recordLimit,
    };
  });
