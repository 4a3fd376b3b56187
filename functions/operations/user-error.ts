/**
 * What a rejection is about, for ways in that tell kinds apart: what was asked is `wrong`, names what is `missing`, meets a
 * state in which it cannot be done (`conflict`), was made on an old look (`stale`), got no response (`silent`), or the
 * deployment cannot be reached (`unreachable`).
 */
export type UserErrorKind = 'wrong' | 'missing' | 'conflict' | 'stale' | 'silent' | 'unreachable';

/** Something that cannot be done as asked. The message is one line: what was wrong, and how to fix it. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly kind: UserErrorKind;

  constructor(message: string, kind: UserErrorKind = 'wrong') {
    super(message);
    this.kind = kind;
  }
}
