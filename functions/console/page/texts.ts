import { clearedText } from '../../operations/pending.ts';

// All texts of the page. Errors of the API and the rules for URLs come from functions/core and functions/operations.

export const appTexts = {
  name: 'CRM Triggers',
  documentTitle: (view: string) => `${view} · CRM Triggers`,
  skip: 'Skip to the content',
  views: 'Views',
  triggers: 'Triggers',
  failed: 'Failed',
  log: 'Log',
  history: 'History',
  viewer: 'You can read everything except secrets and credentials in URLs. To change something, ask an admin.',
  loading: 'Loading …',
  close: 'Close',
  cancel: 'Cancel',
  /** In place of a value that does not exist. */
  none: '–',
};

export const apiTexts = {
  signedOut: 'You are signed out. To fix this, sign in again.',
  noResponse: 'The server does not respond. To fix this, check your network connection.',
  noLocalResponse: 'The server does not respond. To fix this, check that npm start is running.',
  status: (status: number) => `The response was HTTP ${status}.`,
};

export const accountTexts = {
  signedOut: 'You are signed out.',
  signIn: 'Sign in',
  signOut: 'Sign out',
  signInFailed: (reason: string) => `The sign-in failed: ${reason}. To fix this, sign in again.`,
};

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
  draining: 'Draining',
  failing: 'Failing',
  notCalled: 'Not called yet',
  healthy: 'Healthy',
} as const;

export type StateName = keyof typeof stateWords;

export const stateHelp: Readonly<Record<StateName, string>> = {
  noUrl: 'No calls are made. To receive calls, enter a URL.',
  paused: 'No calls are made. New notifications wait in the backlog until you press Resume.',
  throttled: 'The receiver asks for fewer calls. Notifications wait in the backlog and are sent slowly, in order.',
  parked: 'The receiver is down. Notifications wait in the backlog; at times one is sent to see whether it responds.',
  draining: 'The receiver responds. Pending notifications are sent in order; new ones follow them.',
  failing: 'The latest calls failed and are repeated. After 10 failures in a row, the trigger is parked.',
  notCalled: 'The delivery log has no call since the URL was set. To make one, press Test or change a record.',
  healthy: 'The latest call was delivered. Without a call in the last 24 hours, no failure is known.',
};

export const statusTexts = {
  pausedByAdmin: 'by an admin',
  pausedByGone: 'the receiver responded with 410 Gone',
  since: (time: string) => `since ${time}`,
  latest: (response: string) => `latest call: ${response}`,
  inARow: (count: number) => `${count} in a row`,
  nextTry: (time: string) => `next try ${time}`,
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
  settings: 'Secret and headers',
  failed: 'Failed',
  log: 'Log',
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

export const tableTexts = {
  trigger: 'Trigger',
  formattedString: 'Formatted string',
  time: 'Time',
  outcome: 'Outcome',
  detail: 'Detail',
  detailOf: (id: string) => `of ${id}`,
  all: 'all',
  id: 'Record or notification ID',
  from: 'From',
  until: 'Until',
  zone: (name: string) => `Times: ${name}`,
  clearFilters: 'Clear filters',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'The browser does not allow it. Select the text and copy it.',
};

export const failedTexts = {
  lead: 'Notifications that failed, with the reason. They are kept for 30 days.',
  empty: 'No failed notifications match.',
  table: 'Failed notifications',
  failedAt: 'Failed',
  reason: 'Reason',
  attempts: 'Attempts',
  selectAll: 'Select all shown',
  select: (id: string) => `Select ${id}`,
  range: (first: number, last: number, total: number, isMinimum: boolean) =>
    `${first}–${last} of ${isMinimum ? `at least ${total}` : total}`,
  newer: 'Newer',
  older: 'Older',
  attemptsInLog: 'Show its attempts in the log',
  times: (id: string, changed: string, failed: string) => `${id}, changed ${changed}, failed ${failed}`,
};

export const redeliverTexts = {
  redeliver: 'Redeliver',
  redeliverAll: (count: number, isMinimum: boolean) => `Redeliver all ${count}${isMinimum ? ' or more' : ''}`,
  redeliverCount: (count: number) => (count > 0 ? `Redeliver ${count}` : 'Redeliver'),
  confirm: (count: number, triggers: readonly string[]) => `${count} will be sent again to ${triggers.join(', ')}.`,
  send: 'Send',
  sent: (sent: number, total: number) => `${sent} of ${total} sent again.`,
  notifications: (count: number) => `${count} notifications`,
  notSent: (which: string, reason: string) => `${which}: not sent, ${reason}.`,
};

export const logTexts = {
  count: (count: number, isAll: boolean) =>
    isAll ? `${count} attempts match.` : `${count} attempts, and there can be more.`,
  empty: 'No attempts match.',
  emptySoFar: 'No attempts match in the part of the log that was searched so far.',
  older: 'Search older attempts',
  table: 'Attempts',
  attempt: 'Attempt',
  response: 'Response',
  test: 'test',
  redelivered: 'redelivered',
  milliseconds: (milliseconds: number) => `${milliseconds} ms`,
  more: 'Show more',
};

export const attemptTexts = {
  title: 'Attempts',
  none: 'The log contains no attempts of this notification.',
  attempt: (time: string, response: string, milliseconds: number) => `${time}, ${response} after ${milliseconds} ms`,
  call: 'Call',
  setNow: (url: string) => `GET ${url}`,
  headersNote: 'Each call also has a timestamp and signatures, which the log does not contain.',
  customHeader: (name: string) => `${name}: (value hidden)`,
  responseNote: 'The log contains the status and the first 1 KiB of the body, and no headers.',
  next: 'Next attempt',
  inFailed: (time: string, reason: string) => `None. It moved to Failed at ${time}: ${reason}.`,
  done: 'None. It was delivered.',
  nextAt: (time: string) => `The trigger is parked; its next try is at ${time}.`,
  scheduled: 'It is pending, and is attempted by the retry schedule or after the trigger resumes.',
  curl: 'Repeat the call by hand',
  curlNote: 'The command calls the URL that is set now. It sends no signature, because a signature soon expires.',
};

export const historyTexts = {
  lead: 'What admins did: changes, reads of secrets, exports and redeliveries. Secrets and the values of headers are not recorded.',
  empty: 'No changes were made yet.',
  table: 'Changes',
  who: 'Who',
  what: 'What',
  from: 'From',
  to: 'To',
  cut: (count: number) => `These are the latest ${count}.`,
};

export const agentTexts = {
  title: 'Try it',
  lead: 'This is a local run. Change a record as an agent does, and see the call that the sample receiver gets. Calls to your own URLs are in the log.',
  /** Follows the action: `Create a customer`. */
  record: (entity: string) => `a ${entity}`,
  activity: 'Activity',
  empty: 'Nothing happened yet. Press Create beside Customer.',
};
