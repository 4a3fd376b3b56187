/** Something that cannot be done as asked. The message is one line: what was wrong, and how to mend it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
