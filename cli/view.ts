/** How text is shown. */
export interface View {
  /** The number of columns; infinite for a pipe or a file, where nothing is cut. */
  readonly width: number;
  readonly color: boolean;
}

export const plain: View = { width: Number.POSITIVE_INFINITY, color: false };

const codes = { bold: [1, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

export type Color = keyof typeof codes;

/** The view of an output. Only a terminal has a width, and colors unless NO_COLOR is set (https://no-color.org). */
export function viewOf(
  { isTTY, columns = 80 }: { readonly isTTY?: boolean; readonly columns?: number },
  { COLUMNS, NO_COLOR, TERM }: NodeJS.ProcessEnv,
): View {
  if (!isTTY) return plain;
  return { width: Number(COLUMNS) || columns, color: !NO_COLOR && TERM !== 'dumb' };
}

export function colored(text: string, color: Color | undefined, view: View): string {
  if (!color || !view.color || text === '') return text;
  const [on, off] = codes[color];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
