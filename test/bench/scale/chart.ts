/** One line of a chart. Dashes, marks and a name at its end distinguish it, not color alone. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** The lowest and the highest of the y axis. */
  readonly range: readonly [number, number];
  /** A limit, drawn as a horizontal line. */
  readonly limit?: { readonly at: number; readonly name: string };
  readonly curves: readonly Curve[];
}

const WIDTH = 880;
const HEIGHT = 430;
const AREA = { left: 70, right: 590, top: 44, bottom: 370 };
const styles = [
  { color: 'a', dash: '', mark: 'M-4,-4h8v8h-8z' },
  { color: 'b', dash: '8 4', mark: 'M0,-5L5,4H-5z' },
  { color: 'c', dash: '2 4', mark: 'M0,-5L5,0L0,5L-5,0z' },
  { color: 'd', dash: '12 4 2 4', mark: 'M-5,-4H5L0,5z' },
  { color: 'e', dash: '5 2 1 2 1 2', mark: 'M-4,-1h3v-3h2v3h3v2h-3v3h-2v-3h-3z' },
];

const css = `
  svg { font: 13px system-ui, sans-serif; }
  .paper { fill: #fff; } text { fill: #222; } .grid { stroke: #ddd; } .limit { stroke: #222; stroke-width: 2; }
  .a { --c: #0b5fa5; } .b { --c: #b3400a; } .c { --c: #18794e; } .d { --c: #7a3fb0; } .e { --c: #8a6d00; }
  .curve { fill: none; stroke: var(--c); stroke-width: 2; } .mark { fill: var(--c); } .name { fill: var(--c); }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #14171a; } text { fill: #e6e6e6; } .grid { stroke: #3a3f45; } .limit { stroke: #e6e6e6; }
    .a { --c: #6cb6ff; } .b { --c: #ff9b70; } .c { --c: #5fd39a; } .d { --c: #d0a4ff; } .e { --c: #e3c65b; }
  }`;

/** Draws curves over two logarithmic axes as SVG for light and dark. Values outside the scale are drawn at its edge. */
export function chart({ title, x, y, range, limit, curves }: Chart): string {
  const xs = curves.flatMap(({ points }) => points.map(([at]) => at));
  const xRange = [Math.min(...xs), Math.max(...xs)] as const;
  const at = scale(xRange, AREA.left, AREA.right);
  const up = scale(range, AREA.bottom, AREA.top);
  const labels = apart(curves.map(({ points }) => up(points.at(-1)?.[1] ?? range[0])));
  const line = (x1: number, y1: number, x2: number, y2: number, name: string) =>
    `<line class="${name}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
  const text = (tx: number, ty: number, words: string, more = '') =>
    `<text x="${round(tx)}" y="${round(ty)}" ${more}>${asText(words)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
<title>${asText(title)}</title>
<style>${css}
</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
${text(AREA.left, 24, title, 'font-weight="600"')}
${decades(range)
  .map(
    (value) =>
      line(AREA.left, up(value), AREA.right, up(value), 'grid') +
      text(AREA.left - 8, up(value) + 4, label(value), 'text-anchor="end"'),
  )
  .join('\n')}
${decades(xRange)
  .map(
    (value) =>
      line(at(value), AREA.top, at(value), AREA.bottom, 'grid') +
      text(at(value), AREA.bottom + 20, label(value), 'text-anchor="middle"'),
  )
  .join('\n')}
${text((AREA.left + AREA.right) / 2, AREA.bottom + 44, x, 'text-anchor="middle"')}
${text(16, (AREA.top + AREA.bottom) / 2, y, `text-anchor="middle" transform="rotate(-90 16 ${(AREA.top + AREA.bottom) / 2})"`)}
${limit ? line(AREA.left, up(limit.at), AREA.right, up(limit.at), 'limit') + text(AREA.left + 8, up(limit.at) - 6, limit.name) : ''}
${curves
  .map(({ name, points }, i) => {
    const { color, dash, mark } = styles[i % styles.length] ?? { color: 'a', dash: '', mark: '' };
    const places = points.map(([px, py]) => [round(at(px)), round(up(py))] as const);
    const last = places.at(-1) ?? [AREA.right, AREA.top];
    return `<g class="${color}"><polyline class="curve" stroke-dasharray="${dash}" points="${places.map((place) => place.join()).join(' ')}"/>${places
      .map(([px, py]) => `<path class="mark" transform="translate(${px} ${py})" d="${mark}"/>`)
      .join(
        '',
      )}<path class="mark" transform="translate(${AREA.right + 14} ${labels[i]})" d="${mark}"/>${text(AREA.right + 26, (labels[i] ?? last[1]) + 4, name, 'class="name"')}</g>`;
  })
  .join('\n')}
</svg>
`;
}

/** A logarithmic axis, from a range to a range. */
function scale([low, high]: readonly [number, number], from: number, to: number): (value: number) => number {
  const share = (value: number) => Math.log(Math.min(high, Math.max(low, value)) / low) / Math.log(high / low);
  return (value) => from + share(value) * (to - from);
}

function decades([low, high]: readonly [number, number]): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const count = Math.floor(Math.log10(high) + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => 10 ** (first + i));
}

/** Moves overlapping labels apart. */
function apart(heights: readonly number[]): number[] {
  const placed = [...heights];
  let above = Number.NEGATIVE_INFINITY;
  for (const [i] of [...heights.entries()].sort(([, a], [, b]) => a - b)) {
    above = Math.max(placed[i] ?? 0, above + 18);
    placed[i] = round(above);
  }
  return placed;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const label = (value: number): string => (value >= 1 ? value.toLocaleString('en') : String(round(value * 1e4) / 1e4));

function asText(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
