import { asUserError } from '../functions/operations/deployment.ts';
import { UserError } from '../functions/operations/user-error.ts';
import { asFileError } from './local/first-error.ts';
import { Misuse } from './misuse.ts';

/** An error for the user. */
interface Reported {
  /** `usage`, the kind of a `UserError`, or `internal`. */
  readonly code: string;
  readonly message: string;
  readonly fix: string | null;
}

/** The end of a message that says how to fix the error. */
const FIX = /^(?<message>[^\n]*?[.!?])\s+(?:Fix: |To fix this, )(?<fix>[^\n]+)$/;

/**
 * Describes an error on one line, or as one line of JSON.
 *
 * @returns The text for standard error and the exit status.
 * @throws The error itself if it is an internal error and the output is not JSON.
 */
export function reportOf(caught: unknown, asJson: boolean): { readonly text: string; readonly status: number } {
  const error = asFileError(asUserError(caught));
  const status = error instanceof Misuse ? 2 : 1;
  if (asJson) return { text: JSON.stringify({ error: reported(error) }), status };
  if (error instanceof Misuse) return { text: [error.message, help(error)].join(' '), status };
  if (error instanceof UserError) return { text: error.message, status };
  throw error;
}

const help = ({ fix }: Misuse) => [fix, 'See crm-triggers --help.'].filter(Boolean).join(' ');

function reported(error: unknown): Reported {
  if (error instanceof Misuse) return { code: 'usage', message: error.message, fix: help(error) };
  const { message } = error as Error;
  const { groups = {} } = FIX.exec(message) ?? {};
  const { message: what = message, fix } = groups;
  const code = error instanceof UserError ? error.kind : 'internal';
  return { code, message: what, fix: fix === undefined ? null : fix.charAt(0).toUpperCase() + fix.slice(1) };
}
