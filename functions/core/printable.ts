/** Text of others for a terminal: what could drive it, or turn its text around, is replaced. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, '\u{fffd}');
}

/** The same on one line. */
export function oneLine(text: string): string {
  return printable(text).replace(/[\n\t]/g, ' ');
}
