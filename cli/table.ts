import stringWidth from 'string-width';
import { oneLine } from '../functions/core/printable.ts';
import { cut } from './cut-text.ts';
import type { Color, View } from './view.ts';
import { colored } from './view.ts';

export interface Column {
  readonly head: string;
  /** The least width, for tables whose rows arrive one after another. */
  readonly least?: number;
  /** In a terminal that is too narrow, the column moves to a second line of each row, or to a line of its own. */
  readonly below?: 'together' | 'alone';
  color?(cell: string): Color | undefined;
}

export interface Row {
  readonly cells: readonly string[];
  /** A line below the row, such as the response to a call. */
  readonly note?: string;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

const GAP = '  ';
const INDENT = '    ';

/**
 * The lines of a table. No line is wider than the view. Cells contain no character that controls the terminal.
 *
 * @param withHead Whether the first line has the heads of the columns.
 */
export function tableLines({ columns, rows }: Table, view: View, withHead = true): string[] {
  const printable = rows.map(({ cells, note }) => ({ cells: cells.map(oneLine), note: note && oneLine(note) }));
  const widths = columns.map(({ head, least = 0 }, index) =>
    Math.max(least, stringWidth(head), ...printable.map(({ cells }) => stringWidth(cells[index] ?? ''))),
  );
  const isNarrow = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) > view.width;
  const shown = [...columns.keys()].filter((index) => !(isNarrow && columns[index]?.below));
  const moved = [...columns.keys()].filter((index) => !shown.includes(index));

  const line = (cells: readonly string[], colorOf: (index: number) => Color | undefined) => {
    let left = view.width;
    const parts = shown.map((index, place) => {
      const isLast = place === shown.length - 1;
      const text = cut(cells[index] ?? '', Math.max(0, left));
      const padding = isLast ? '' : ' '.repeat(Math.max(0, Math.min(left, widths[index] ?? 0) - stringWidth(text)));
      left -= (widths[index] ?? 0) + GAP.length;
      return colored(text, colorOf(index), view) + padding;
    });
    return parts.join(GAP).trimEnd();
  };

  const head = columns.map((column) => column.head);
  return [
    ...(withHead ? [line(head, () => 'bold')] : []),
    ...printable.flatMap(({ cells, note }) => {
      const filled = moved.filter((index) => cells[index]);
      const together = filled.filter((index) => columns[index]?.below === 'together').map((index) => cells[index]);
      const alone = filled
        .filter((index) => columns[index]?.below === 'alone')
        .map((index) => `${head[index]?.toLowerCase()} ${cells[index]}`);
      return [
        line(cells, (index) => columns[index]?.color?.(cells[index] ?? '')),
        ...[together.join(GAP), ...alone, note].filter(Boolean).map((text) => cut(INDENT + text, view.width)),
      ];
    }),
  ];
}
