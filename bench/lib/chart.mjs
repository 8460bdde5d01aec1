/**
 * Bars of what a session adds to a request, as an SVG that reads in light and in dark, and to a screen reader: `groups` of
 * `{ name, bars: [{ name, value, low, high, ours }] }`, in microseconds of CPU.
 */
export function barChart({ title, description, groups }) {
  const width = 820;
  const left = 330;
  const right = 90;
  const most = Math.max(...groups.flatMap(({ bars }) => bars.map(({ high }) => high)));
  const scale = (value) => (Math.max(0, value) / most) * (width - left - right);
  const parts = [];
  let y = 46;
  for (const { name, bars } of groups) {
    parts.push(`<text class="group" x="16" y="${y + 14}">${escaped(name)}</text>`);
    y += 24;
    for (const bar of bars) {
      const [low, high] = [scale(bar.low), scale(bar.high)].map((x) => rounded(left + x));
      const middle = y + 9;
      parts.push(
        `<text x="${left - 10}" y="${y + 13}" text-anchor="end">${escaped(bar.name)}</text>`,
        `<rect class="${bar.ours ? "ours" : "peer"}" x="${left}" y="${y + 2}" width="${rounded(scale(bar.value))}" height="14" rx="2"/>`,
        `<path class="spread" d="M${low} ${middle}H${high}M${low} ${middle - 4}v8M${high} ${middle - 4}v8"/>`,
        `<text x="${high + 8}" y="${y + 13}">${rounded(bar.value)}</text>`,
      );
      y += 21;
    }
    y += 10;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 6}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<style>
  svg { color-scheme: light dark; font: 13px system-ui, sans-serif; background: #ffffff; }
  text { fill: #1f2328; } .heading { font-size: 15px; font-weight: 600; } .group { font-weight: 600; }
  .ours { fill: #0a6e5c; } .peer { fill: #8c959f; } .spread { stroke: #1f2328; fill: none; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; } text { fill: #e6edf3; }
    .ours { fill: #3fb68b; } .peer { fill: #6e7681; } .spread { stroke: #e6edf3; }
  }
</style>
<text class="heading" x="16" y="26">${escaped(title)}</text>
${parts.join("\n")}
</svg>
`;
}

const rounded = (value) => Number(value.toPrecision(3));

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
