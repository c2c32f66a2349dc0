import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDisks } from '../disks/report';
import { factsTable, headLines, notMeasured, timesTable, verdictTable } from '../report';
import { formatResults, type Results } from '../results';
import { mebibytes } from '../units';
import { drawPlot } from './plot';

const marks = { from: '<!-- results: written by the benchmark -->', to: '<!-- end of results -->' };

/** The figures, the picture and the part of the page between its marks. @returns what was written. */
export async function writeDocs(root: string, results: Results): Promise<string[]> {
  const page = join(root, 'docs/benchmarks.md');
  const text = await readFile(page, 'utf8');
  const files: [string, string][] = [
    [join(root, 'docs/benchmarks.json'), formatResults(results)],
    [join(root, 'docs/images/benchmarks.svg'), drawPlot(results)],
    [page, replaceResults(text, formatSection(results))],
  ];
  for (const [file, content] of files) await writeFile(file, content);
  return files.map(([file]) => file);
}

/** @throws when the page has no place for them. */
export function replaceResults(page: string, section: string): string {
  const [before, rest] = split(page, marks.from);
  const [, after] = split(rest, marks.to);
  return `${before}${marks.from}\n\n${section}\n\n${marks.to}${after}`;
}

function split(text: string, at: string): [string, string] {
  const found = text.indexOf(at);
  if (found === -1) throw new Error(`The page of benchmarks lacks the line ${at}`);
  return [text.slice(0, found), text.slice(found + at.length)];
}

function formatSection(results: Results): string {
  const { datasets, outcomes, own, extras, disks } = results;
  const lines = [
    ...headLines(results).map((line) => `${line}.  `),
    '',
    formatMisses(results),
    '',
    '![Measured figures against what they must reach](images/benchmarks.svg)',
    '',
    'All figures: [benchmarks.json](benchmarks.json).',
    '',
    markdown(verdictTable(results)),
  ];
  for (const [name, { files, bytes }] of Object.entries(datasets)) {
    const ofDataset = outcomes.filter(({ dataset }) => dataset === name);
    lines.push('', `### ${name}: ${files} files, ${mebibytes(bytes)} MiB`, '');
    lines.push('Seconds, median (least-most):', '', markdown(timesTable(ofDataset, 'seconds')), '');
    lines.push(markdown(factsTable(ofDataset, own)));
  }
  for (const { title, head, rows } of extras) lines.push('', `### ${title}`, '', markdown([head, ...rows]));
  if (disks.length > 0) lines.push('', '### Disks, backed up as disks', '', '```', formatDisks(disks), '```');
  const left = notMeasured(results).map((line) => `- ${line.split('\n')[0]}`);
  if (left.length > 0) lines.push('', '### Not measured', '', ...left);
  return lines.join('\n');
}

function formatMisses(results: Results): string {
  const rows = verdictTable(results).slice(1);
  const missed = rows.filter((row) => row.includes('missed'));
  if (missed.length === 0) return `All ${rows.length} rows reach what they must.`;
  const names = missed.map(([dataset, work]) => `${dataset}: ${work}`);
  return `Of ${rows.length} rows, ${missed.length} miss what they must reach on at least one Node: ${names.join('; ')}.`;
}

function markdown([head, ...rows]: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head!), `|${head!.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
