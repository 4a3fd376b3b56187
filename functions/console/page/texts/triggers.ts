import { clearedText } from '../../../operations/pending.ts';

// The texts of the tab Triggers.

export const triggersTexts = {
  lead: 'Enter the URL to call when CRM data is created, edited or deleted. The call contains the formatted string. A new URL takes effect within 5 seconds.',
  sampleId: (name: string, value: string) => `${value}: ${name.replace(/ID$/, '').toLowerCase()} ID`,
  queued: (count: number) =>
    count === 1
      ? '1 message is in the delivery queue, including messages that wait for a retry.'
      : `${count} messages are in the delivery queue, including messages that wait for a retry.`,
  chartsCut: (count: number) => `The charts count the latest ${count} attempts.`,
};

export const urlTexts = {
  /** Follows the action: `Edit customer: URL`. */
  label: (entity: string) => `${entity}: URL`,
  placeholder: 'https://example.com/hook',
  save: 'Save',
  saving: 'Saving …',
  clear: 'Clear',
  clearTitle: (trigger: string) => `Clear the URL of ${trigger}?`,
  calledUrl: 'The call: ',
  saved: 'Saved.',
  savedAs: (url: string) => `Saved as ${url}.`,
  cleared: (pending: number) => `Cleared. ${clearedText(pending)}`,
  clearing: (pending: number) => `If you clear it: ${clearedText(pending)}`,
  conflict: 'Someone else changed this URL. It is now',
  conflictEmpty: 'not set',
  takeTheirs: 'Use their URL',
  keepMine: 'Save my URL',
};

/** A status in one word. */
export const stateWords = {
  noUrl: 'No URL',
  paused: 'Paused',
  throttled: 'Throttled',
  parked: 'Parked',
  limited: 'At its limit',
  draining: 'Draining',
  failing: 'Failing',
  expiring: 'Certificate expires',
  notCalled: 'Not called yet',
  healthy: 'Healthy',
} as const;

export type StateName = keyof typeof stateWords;

export const stateHelp: Readonly<Record<StateName, string>> = {
  noUrl: 'No calls are made. To receive calls, enter a URL.',
  paused: 'No calls are made. New notifications wait in the backlog until you press Resume.',
  throttled: 'The receiver asks for fewer calls. Notifications wait in the backlog and are sent slowly, in order.',
  parked: 'The receiver is down. Notifications wait in the backlog; at times one is sent to see whether it responds.',
  limited:
    'More changes are made than the limit of the trigger allows. Pending notifications are sent in order, at the limit.',
  draining: 'The receiver responds. Pending notifications are sent in order; new ones follow them.',
  failing: 'The latest calls failed and are repeated. After 10 failures in a row, the trigger is parked.',
  expiring:
    'Receivers reject calls with an expired client certificate. Set a renewed one in the settings of the trigger.',
  notCalled: 'The delivery log has no call since the URL was set. To make one, press Test or change a record.',
  healthy: 'The latest call was delivered. Without a call in the last 24 hours, no failure is known.',
};

export const statusTexts = {
  pausedByAdmin: 'by an admin',
  pausedByGone: 'the receiver responded with 410 Gone',
  since: (time: string) => `since ${time}`,
  latest: (response: string) => `latest call: ${response}`,
  inARow: (count: number) => `${count} in a row`,
  /** Follows `Throttled`. */
  throttled: (rate: number | null, pending: number) =>
    [
      'by the receiver',
      ...(rate === null ? [] : [`about ${Number(rate.toPrecision(2))}/s`]),
      `${pending} pending`,
    ].join(', '),
  nextAt: (time: string) => `next at ${time}`,
  /** Follows `At its limit`. */
  limited: (limit: number, pending: number) => `of ${limit}/s, ${pending} pending`,
  nextTry: (time: string) => `next try ${time}`,
  certificate: (when: string) => `client certificate expires ${when}`,
  keptUntil: (time: string) => `kept until ${time}`,
  drained: (delivered: number, total: number) => `${delivered} of ${total}`,
  left: (count: number) => `${count} left`,
  pending: (count: number) => `${count} pending`,
};

export const overviewTexts = {
  title: 'Overview',
  states: (count: number, word: string) => `${count} ${word.charAt(0).toLowerCase()}${word.slice(1)}`,
  failedToday: (count: number, isMinimum: boolean) => `${count}${isMinimum ? ' or more' : ''} failed today`,
  problems: 'Problems',
  problemsOnly: 'Problems only',
  noProblems: 'No trigger has a problem.',
};

const count = (triggers: number) => (triggers === 1 ? '1 trigger' : `${triggers} triggers`);

/** `1 of 3 triggers is paused.` */
const allDone = (word: string) => (done: number, all: number) =>
  `${done === all ? count(done) : `${done} of ${count(all)}`} ${done === 1 ? 'is' : 'are'} ${word}.`;

export const allTexts = {
  pause: {
    button: 'Pause all',
    title: (triggers: number) => `Pause ${count(triggers)}?`,
    consequence: 'No calls are made. New notifications wait in the backlog for up to 72 hours.',
    done: allDone('paused'),
  },
  resume: {
    button: 'Resume all',
    title: (triggers: number) => `Resume ${count(triggers)}?`,
    consequence:
      'Pending notifications are delivered in order, also of triggers that an admin paused one by one, or whose receiver responded with 410 Gone.',
    done: allDone('resumed'),
  },
};

export const lastDayTexts = {
  none: 'no calls in 24 h',
  rate: (percent: string, calls: number) => `${percent} of ${calls}`,
  rateHelp: (delivered: number, calls: number) => `Last 24 hours: ${delivered} of ${calls} calls delivered`,
  title: 'Calls per hour, last 24 hours',
  chart: (delivered: number, others: number) => `Last 24 hours: ${delivered} delivered, ${others} not delivered`,
  delivered: (count: number) => `${count} delivered`,
  others: (count: number) => `${count} not delivered`,
  start: '24 h ago',
  middle: '12 h ago',
  end: 'now',
};

/** The second text of a pair completes the first one for screen readers. */
export const actionTexts = {
  details: 'Details',
  detailsOf: (trigger: string) => `of ${trigger}`,
  tryNow: 'Try now',
  test: 'Test',
  testing: 'Testing …',
  pause: 'Pause',
  resume: 'Resume',
  settings: 'Settings',
  failed: 'Failed',
  log: 'Log',
  backfill: 'Backfill',
  delivered: (response: string, milliseconds: number) => `Delivered: ${response} after ${milliseconds} ms`,
  notDelivered: (response: string, milliseconds: number) => `Not delivered: ${response} after ${milliseconds} ms`,
  testedAt: (time: string) => `Test at ${time}`,
  testOutdated: 'A later call was made.',
};

export const settingsTexts = {
  secret: 'Signing secret',
  secretLead: 'With this secret, the receiver verifies that a call comes from this system.',
  alsoSigns: (until: string) => `also signs until ${until}`,
  masked: 'whsec_••••••••••••••••',
  reveal: 'Reveal',
  hide: 'Hide',
  replace: 'Replace',
  replaceTitle: (trigger: string) => `Replace the signing secret of ${trigger}?`,
  replaceConsequence:
    'Calls are signed with both secrets for 24 hours. After that, a receiver that knows only the old secret rejects each call.',
  replaced: 'The new secret signs. The old secret also signs for 24 hours.',
  expire: (count: number) => (count === 1 ? 'Expire the old one now' : 'Expire the old ones now'),
  expireTitle: (trigger: string) => `Expire the replaced secrets of ${trigger}?`,
  expireConsequence: 'A receiver that knows only an old secret rejects each call from now on.',
  expired: 'Only the current secret signs.',
  headers: 'Custom headers',
  noHeaders: 'No custom headers are set.',
  remove: 'Remove',
  removeTitle: (name: string, trigger: string) => `Remove ${name} from the calls of ${trigger}?`,
  removeConsequence: 'A receiver that requires the header rejects each call. Its value cannot be restored.',
  name: 'Name',
  value: 'Value',
  set: 'Set header',
  headerSet: (name: string) => `${name} is sent with each call. Its value is not shown again.`,
  headerRemoved: (name: string) => `${name} is no longer sent.`,
};
