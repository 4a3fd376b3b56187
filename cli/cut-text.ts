import stringWidth from 'string-width';

const characters = new Intl.Segmenter();

/** Cuts a text that is wider than a number of columns of a terminal. Its last character is then an ellipsis. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let left = width - 1;
  for (const { segment } of characters.segment(text)) {
    left -= stringWidth(segment);
    if (left < 0) break;
    kept += segment;
  }
  return width > 0 ? `${kept}…` : '';
}
