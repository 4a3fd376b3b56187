// All texts of the page are in this folder. Errors of the API and the rules for URLs come from functions/core and functions/operations.
// This file: the frame of the page, sign-in and the local run.

export const appTexts = {
  name: 'CRM Triggers',
  documentTitle: (view: string) => `${view} · CRM Triggers`,
  skip: 'Skip to the content',
  views: 'Views',
  triggers: 'Triggers',
  failed: 'Failed',
  log: 'Log',
  history: 'History',
  operations: 'Operations',
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

export const agentTexts = {
  title: 'Try it',
  lead: 'This is a local run. Change a record as an agent does, and see the call that the sample receiver gets. Calls to your own URLs are in the log.',
  /** Follows the action: `Create a customer`. */
  record: (entity: string) => `a ${entity}`,
  activity: 'Activity',
  empty: 'Nothing happened yet. Press Create beside Customer.',
};
