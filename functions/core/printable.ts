/**
 * Makes text safe for a terminal: replaces control characters and characters that change the direction of text.
 */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, '\u{fffd}');
}

/** Makes text safe for a terminal, on one line. */
export function oneLine(text: string): string {
  return printable(text).replace(/[\n\t]/g, ' ');
}
