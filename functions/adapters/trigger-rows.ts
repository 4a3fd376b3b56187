import * as z from 'zod/mini';
import { type State, states } from '../core/breaker.ts';
import { triggers as allTriggers, type Trigger } from '../core/entity.ts';
import { MASK } from '../core/masked-url.ts';
import type { TriggerSettings } from '../core/trigger-settings.ts';
import type { Row } from './expressions.ts';

/** The state and the settings of a trigger. Times are epoch milliseconds, 0 for never. */
export interface TriggerNow extends TriggerSettings {
  /** Absent if no URL is set. No calls are made then. */
  readonly url?: string;
  /** When the URL was set or cleared, ISO 8601. */
  readonly urlChangedAt?: string;
  /** Increases each time a URL is set or cleared. Absent if none ever was. */
  readonly urlVersion?: number;
  /** The `urlVersion` whose masked URL the item has. Another one, or none, if release 0.2.0 wrote the URL. */
  readonly shownVersion?: number;
  readonly state: State;
  /** The number of consecutive failures or slow responses. */
  readonly consecutiveFailures: number;
  /** The time of the first of these. Absent without a failure since the latest success. */
  readonly failingSince?: number;
  /** The latest success after a failure. */
  readonly lastSuccess: number;
  /** The time of the next probe of a parked trigger, and its delay since the probe before, in milliseconds. */
  readonly probeAt: number;
  readonly probeDelay: number;
  /** Why a trigger is parked: the latest response, in one line without the URL. */
  readonly parkedBecause?: string;
  /** The time of the throttled response that parked the trigger. 0 or absent if it was parked for another reason. */
  readonly throttledAt?: number;
  /** The calls per second at which drain last called a receiver that throttles. */
  readonly throttledRate?: number;
  /** The time at which `maxPerSecond` allows the next call. */
  readonly nextSlot?: number;
  /** Why a trigger is paused. */
  readonly pausedBy?: 'admin' | 'gone';
}

export type TriggersNow = ReadonlyMap<Trigger, TriggerNow>;

/** The fields that a move writes in addition to the state. */
export type MoveFields = Partial<
  Pick<
    TriggerNow,
    | 'probeAt'
    | 'probeDelay'
    | 'parkedBecause'
    | 'throttledAt'
    | 'throttledRate'
    | 'nextSlot'
    | 'consecutiveFailures'
    | 'lastSuccess'
    | 'pausedBy'
  >
>;

/** The version of the items in the triggers table. Items of release 0.2.0 have none; they are read too. */
export const VERSION = 1;

// An unknown value of one trigger must not prevent reading the others.
const time = z.catch(z._default(z.number(), 0), 0);

/** The stored name of the state `finishing`, as in release 0.2.0. */
const FINISHING = 'closing';
export const storedState = (state: State) => (state === 'finishing' ? FINISHING : state);

export const row = z.object({
  trigger: z.enum(allTriggers as [Trigger, ...Trigger[]]),
  url: z.optional(z.string()),
  urlChangedAt: z.catch(z.optional(z.string()), undefined),
  urlVersion: z.catch(z.optional(z.number()), undefined),
  shownVersion: z.catch(z.optional(z.number()), undefined),
  isSet: z.catch(z._default(z.boolean(), false), false),
  shownUrl: z.catch(z.optional(z.string()), undefined),
  // Messages of a trigger in an unknown state wait, as in `finishing`, so that nothing is lost.
  state: z._default(z.catch(z.enum(states.map(storedState)), FINISHING), 'active'),
  strikes: time,
  failingSince: z.catch(z.optional(z.number()), undefined),
  lastSuccess: time,
  probeAt: time,
  probeDelay: time,
  parkedBecause: z.catch(z.optional(z.string()), undefined),
  throttledAt: z.catch(z.optional(z.number()), undefined),
  throttledRate: z.catch(z.optional(z.number()), undefined),
  nextSlot: z.catch(z.optional(z.number()), undefined),
  pausedBy: z.catch(z.optional(z.enum(['admin', 'gone'])), undefined),
  maxPerSecond: z.catch(z.optional(z.number().check(z.positive())), undefined),
  coalesce: z.catch(z.optional(z.boolean()), undefined),
});

/** The attributes that tell whether a URL is set. Capture may read only these. */
export const SET_ATTRIBUTES = ['trigger', 'urlVersion', 'shownVersion', 'isSet'] as const;

/** All attributes but the URL, with its masked form. Viewers on the command line may read only these. */
export const SHOWN_ATTRIBUTES = Object.keys(row.shape).filter((name) => name !== 'url');

/** Whether the URL of an item is set. After a write by release 0.2.0 this is unknown, and counts as set. */
function isSetIn({ urlVersion, shownVersion, isSet }: z.output<typeof row>): boolean {
  return shownVersion === urlVersion ? isSet : urlVersion !== undefined;
}

/** Returns the trigger of an item, and whether its URL is set. */
export function isSetInRow(item: Row): [Trigger, boolean] {
  const read = z.parse(row, item);
  return [read.trigger, isSetIn(read)];
}

/** A trigger whose URL is masked. */
export function shownFromRow(item: Row): [Trigger, TriggerNow] {
  const { url: _, ...read } = z.parse(row, item);
  const isShown = read.shownVersion === read.urlVersion && read.shownUrl !== undefined;
  return triggerNow({ ...read, ...(isSetIn(read) && { url: isShown ? read.shownUrl : MASK }) });
}

export function fromRow(item: Row): [Trigger, TriggerNow] {
  return triggerNow(z.parse(row, item));
}

/** `strikes` is the stored name of the consecutive failures. */
function triggerNow(read: z.output<typeof row>): [Trigger, TriggerNow] {
  const { trigger, strikes, state, isSet: _, shownUrl: __, ...now } = read;
  const known = states.find((one) => storedState(one) === state) ?? 'finishing';
  return [trigger, { ...now, state: known, consecutiveFailures: strikes } as TriggerNow];
}

/**
 * The condition that a trigger is in one of these states. A trigger that has never moved has no state in its item.
 */
export function inState(states: readonly State[]): { readonly condition: string; readonly values: Row } {
  const conditions = states.map((state) => `#state = :${state}`);
  if (states.includes('active')) conditions.push('attribute_not_exists(#state)');
  return {
    condition: `(${conditions.join(' OR ')})`,
    values: Object.fromEntries(states.map((state) => [state, storedState(state)])),
  };
}
