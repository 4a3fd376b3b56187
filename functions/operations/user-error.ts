/**
 * The kind of an error, which the API turns into a status: the input is `wrong`, something is `missing`, the state
 * does not allow it (`conflict`), it was based on old data (`stale`), there was no response (`silent`), or the
 * deployment cannot be reached (`unreachable`).
 */
export type UserErrorKind = 'wrong' | 'missing' | 'conflict' | 'stale' | 'silent' | 'unreachable';

/** An error for the user. Its message is one line: what is wrong, and how to fix it. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly kind: UserErrorKind;

  constructor(message: string, kind: UserErrorKind = 'wrong') {
    super(message);
    this.kind = kind;
  }
}
