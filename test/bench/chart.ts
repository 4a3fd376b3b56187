interface Chart {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly isOurs: boolean }[];
}

const WIDTH = 720;
const LABEL = 210;
const ROW = 26;
const BAR = 16;

/** A bar chart as SVG, for light and dark backgrounds. */
export function drawn({ title, bars }: Chart): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const height = (bars.length + 1) * ROW + 10;
  const rows = bars.map(({ label, value, isOurs }, index) => {
    const y = (index + 1) * ROW + 4;
    const width = Math.max(1, Math.round((value / most) * (WIDTH - LABEL - 80)));
    return [
      `<text x="${LABEL - 8}" y="${y + 12}" text-anchor="end">${escaped(label)}</text>`,
      `<rect x="${LABEL}" y="${y}" width="${width}" height="${BAR}" rx="2"${isOurs ? ' class="ours"' : ''}/>`,
      `<text x="${LABEL + width + 8}" y="${y + 12}">${Math.round(value).toLocaleString('en')}</text>`,
    ].join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
<style>
text { font: 13px system-ui, sans-serif; fill: #424a53 }
rect { fill: #8c959f }
.ours { fill: #0969da }
@media (prefers-color-scheme: dark) { text { fill: #d1d7e0 } rect { fill: #656c76 } .ours { fill: #4493f8 } }
</style>
<text x="0" y="18">${escaped(title)}</text>
${rows.join('\n')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
