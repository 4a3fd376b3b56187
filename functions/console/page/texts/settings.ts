import type { Logged } from '../../../core/log-entry.ts';

// The texts of a trigger's limit, merging and pull token, and of the file with all URLs.

export const limitTexts = {
  title: 'Rate and merging',
  limit: 'Most calls per second',
  noLimit: 'no limit',
  save: 'Save limit',
  limitHelp:
    'For example 5 or 0.5. Notifications over the limit are pending until it is their turn, for up to 72 hours. Leave the field empty for no limit.',
  coalesce: 'Merge pending edits of one record into one call',
  coalesceHelp:
    'While several edits of one record are pending, only the latest one is sent. Do not merge edits for a receiver that must see every edit, such as an audit log.',
  editsOnly: 'Only triggers of edits can merge calls.',
  limited: (limit: number | null) => (limit === null ? 'There is no limit.' : `At most ${limit} calls per second.`),
  merging: (isOn: boolean) => (isOn ? 'Pending edits are merged.' : 'Every edit is sent.'),
};

export const pullTokenTexts = {
  title: 'Pull token',
  lead: 'With it, the receiver reads its calls of the last 30 days from GET /changes, to catch up after a failure of its own.',
  state: (exists: boolean) => (exists ? 'A pull token exists. It cannot be shown again.' : 'There is no pull token.'),
  missing: {
    all: '',
    failures:
      'The setting deliveryLog is failures, so GET /changes does not list delivered calls. To list them, set it to all and deploy.',
    off: 'The setting deliveryLog is off, so GET /changes lists nothing. To list calls, set it to all and deploy.',
  } satisfies Record<Logged, string>,
  create: 'Create token',
  created: 'Copy the token now: it is not shown again.',
  replace: 'New token',
  replaceTitle: (trigger: string) => `Create a new pull token for ${trigger}?`,
  replaceConsequence: 'A receiver with the old token gets 401 from now on.',
  revoke: 'Revoke token',
  revokeTitle: (trigger: string) => `Revoke the pull token of ${trigger}?`,
  revokeConsequence: 'A receiver with the token gets 401 from now on, and cannot read its calls.',
  revoked: 'The pull token is revoked.',
};

export const urlFileTexts = {
  export: 'Export',
  import: 'Import',
  title: 'Import URLs and settings',
  lead: 'Choose a file that Export or the command export made. You see the changes before they are made.',
  file: 'File',
  notJson: 'The file is not JSON. To fix this, choose a file that Export made.',
  nothing: 'Nothing to change: all is as in the file.',
  changes: 'Changes',
  removed: 'removed',
  added: 'added',
  consequence: 'New URLs are called within 5 seconds. Pending notifications of a cleared URL move to Failed.',
  apply: (count: number) => (count === 1 ? 'Make 1 change' : `Make ${count} changes`),
  applied: (count: number) => (count === 1 ? '1 change was made.' : `${count} changes were made.`),
};
