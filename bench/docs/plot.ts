import { formatFigure } from '../report';
import type { Results } from '../results';
import { type Judged, judge, nameOf } from '../targets';

const width = 1000;
const rowHeight = 26;
const groupHeight = 34;
const left = 380;
const right = 690;
/** What must be reached is 1; the axis goes to a thirty-second and to eight times of it, each doubling as wide. */
const axis = { least: 1 / 32, most: 8 };
const grid = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8];

/** Each measured figure against what it must reach, on one logarithmic axis. Colours follow the reader's theme. */
export function drawPlot(results: Results): string {
  const { own, outcomes, machine } = results;
  const columns = own.map((name) => judge(outcomes, name));
  const rows = (columns[0] ?? []).map((_, at) => columns.map((column) => column[at]!));
  const parts: string[] = [];
  let y = 96;
  let dataset = '';
  for (const row of rows.filter((one) => one.some(({ figure }) => figure))) {
    if (row[0]!.dataset !== dataset) {
      dataset = row[0]!.dataset;
      y += groupHeight;
      parts.push(text(24, y - 14, describeDataset(results, dataset), 'group'));
    }
    parts.push(...drawRow(row, y));
    y += rowHeight;
  }
  const height = y + 44;
  const lines = grid.map((value) => {
    const x = scale(value);
    return `<line class="${value === 1 ? 'goal' : 'grid'}" x1="${x}" x2="${x}" y1="84" y2="${y}"/>${text(x, y + 18, label(value), 'tick')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Measured figures against what they must reach">
<style>${style}</style>
<rect class="surface" width="${width}" height="${height}" rx="6"/>
${text(24, 36, 'What was measured, against what must be reached', 'title')}
${text(24, 58, `Crossvault ${machine.commit}, ${machine.at.slice(0, 10)}, ${machine.cores} × ${machine.processor}. Left of the line is better. Bars span the runs; the short mark is what we aim for.`, 'muted')}
${legend(own)}
${lines.join('\n')}
${parts.join('\n')}
</svg>
`;
}

function drawRow(row: readonly Judged[], y: number): string[] {
  const { target } = row[0]!;
  const drawn = [text(24, y + 16, nameOf(target), 'name')];
  if (target.must !== null) {
    const x = scale(target.aim / target.must);
    drawn.push(`<line class="aim" x1="${x}" x2="${x}" y1="${y + 5}" y2="${y + 19}"/>`);
  }
  const measured = row.filter(({ figure }) => figure);
  for (const [n, one] of row.entries()) {
    if (!one.figure) continue;
    const goal = target.must ?? target.aim;
    const at = y + (row.length === 1 ? 12 : 8 + n * 8);
    const tone = one.verdict === 'missed' ? 'missed' : 'reached';
    const [from, to] = [scale(one.figure.least / goal), scale(one.figure.most / goal)];
    drawn.push(`<line class="spread ${tone}" x1="${from}" x2="${to}" y1="${at}" y2="${at}"/>`);
    drawn.push(mark(n, scale(one.figure.median / goal), at, tone));
  }
  const words = measured.map((one) => formatFigure(one).replace(/ \(.*/, '')).join(' · ');
  const isMissed = measured.some(({ verdict }) => verdict === 'missed');
  drawn.push(text(right + 20, y + 16, `${words} of ${goalWords(row[0]!)}`, 'name'));
  if (isMissed) drawn.push(text(width - 24, y + 16, 'missed', 'missed-word'));
  return drawn;
}

const goalWords = ({ target }: Judged): string =>
  target.unit === '×' ? `${target.must ?? target.aim} ×` : `${target.must ?? target.aim} ${target.unit}`;

/** The first contender is a dot, the second a ring. */
function mark(n: number, x: number, y: number, tone: string): string {
  return `<circle class="${n === 0 ? 'dot' : 'ring'} ${tone}" cx="${x}" cy="${y}" r="${n === 0 ? 4.5 : 4}"/>`;
}

function legend(own: readonly string[]): string {
  return own
    .map((name, n) => `${mark(n, 30 + n * 220, 78, 'plain')}${text(42 + n * 220, 82, name, 'name')}`)
    .join('');
}

function describeDataset({ datasets }: Results, name: string): string {
  const size = datasets[name];
  return size ? `${name} · ${size.files} files · ${(size.bytes / 1024 ** 3).toFixed(2)} GiB` : name;
}

function scale(value: number): number {
  const { least, most } = axis;
  const clamped = Math.min(most, Math.max(least, value));
  const share = Math.log(clamped / least) / Math.log(most / least);
  return Math.round((left + share * (right - left)) * 10) / 10;
}

const label = (value: number): string => (value >= 1 ? `${value} ×` : `1/${1 / value}`);

function text(x: number, y: number, words: string, kind: string): string {
  return `<text class="${kind}" x="${x}" y="${y}">${escapeXml(words)}</text>`;
}

const escapeXml = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const style = `
svg { --surface: #ffffff; --ink: #161b24; --muted: #4e5868; --line: #dde1e7; --strong: #838c9b; --accent: #1b54cf; --success: #0f6a3c; --danger: #b1241c; }
@media (prefers-color-scheme: dark) { svg { --surface: #151920; --ink: #e9ecf1; --muted: #a9b2bf; --line: #2a313b; --strong: #67717f; --accent: #86b2ff; --success: #62d096; --danger: #ff958c; } }
text { font: 13px "Inter Variable", Inter, ui-sans-serif, system-ui, sans-serif; font-variant-numeric: tabular-nums; fill: var(--ink); }
.surface { fill: var(--surface); stroke: var(--line); }
.title { font-size: 18px; font-weight: 600; }
.group { font-weight: 600; }
.muted { fill: var(--muted); font-size: 12px; }
.tick { fill: var(--muted); font-size: 12px; text-anchor: middle; }
.missed-word { fill: var(--danger); font-weight: 600; text-anchor: end; }
.grid { stroke: var(--line); }
.goal { stroke: var(--ink); stroke-width: 1.5; }
.aim { stroke: var(--accent); stroke-width: 2; }
.spread { stroke-width: 4; stroke-linecap: round; opacity: 0.35; }
.spread.reached { stroke: var(--success); }
.spread.missed { stroke: var(--danger); }
.dot.reached { fill: var(--success); }
.dot.missed { fill: var(--danger); }
.dot.plain { fill: var(--muted); }
.ring { fill: var(--surface); stroke-width: 2; }
.ring.reached { stroke: var(--success); }
.ring.missed { stroke: var(--danger); }
.ring.plain { stroke: var(--muted); }
`;
