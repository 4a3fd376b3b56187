/**
 * Makes text safe for a terminal: control characters and characters that change the direction of text are replaced.
 */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, '\u{fffd}');
}

/** The same on one line. */
export function oneLine(text: string): string {
  return printable(text).replace(/[\n\t]/g, ' ');
}
