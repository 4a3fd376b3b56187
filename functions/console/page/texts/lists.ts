// The texts of the tabs Failed, Log and History.

import { grouped } from '../shared/format.ts';

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
  /** `total` is `undefined` until it is known. */
  range: (shown: number, total: { readonly count: number; readonly isMinimum: boolean } | undefined) =>
    total
      ? `1–${grouped(shown)} of ${total.isMinimum ? 'more than ' : ''}${grouped(total.count)}`
      : `1–${grouped(shown)}`,
  count: (count: number, isAll: boolean) =>
    isAll ? `${grouped(count)} attempts match.` : `${grouped(count)} attempts, and there can be more.`,
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
  headers: 'Headers of the response',
  body: 'Body of the response',
  responseNote:
    'The log contains the status, a few headers, and the first 1 KiB of the body. Older attempts have no headers.',
  next: 'Next attempt',
  inFailed: (time: string, reason: string) => `None. It moved to Failed at ${time}: ${reason}.`,
  done: 'None. It was delivered.',
  due: 'this moment',
  fromQueue: (time: string, attempt: number) => `At ${time}. It waits in the queue for attempt ${attempt}.`,
  afterTry: (time: string) =>
    `After the trigger's next try at ${time}. The trigger is parked; its backlog is sent in order.`,
  afterResume: 'After the trigger resumes. It is paused.',
  inOrder: 'Now, in its order. The backlog of the trigger is being sent.',
  inOrderFrom: (time: string) => `At ${time} or later, in its order. The backlog of the trigger is being sent.`,
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
