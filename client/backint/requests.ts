import { CrossvaultError } from '@/lib/errors';
import { splitLine, type Token } from './tokens';

export type BackintFunction = 'backup' | 'restore' | 'inquire' | 'delete';

/** What one line of the input file asks for. */
export interface Request {
  kind: 'pipe' | 'file' | 'ebid' | 'null';
  ebid: Token | null;
  name: Token | null;
  /** Where a restore shall write; absent: where the object came from. */
  destination: Token | null;
  sizeBytes: number | null;
}

export interface Input {
  /** Of the interface that the caller speaks: `1.04`; null when the file does not say. */
  version: string | null;
  requests: Request[];
}

/** Keywords of each function, with how many parameters each takes at least and at most. */
const grammar: Record<BackintFunction, Record<string, [number, number]>> = {
  backup: { '#PIPE': [1, 1], '#FILE': [1, 2] },
  restore: { '#EBID': [2, 3], '#NULL': [1, 2] },
  inquire: { '#NULL': [0, 1], '#EBID': [1, 2] },
  delete: { '#EBID': [2, 2] },
};

/** @throws `invalid_input` naming the line. */
export function parseInput(fn: BackintFunction, text: string): Input {
  const input: Input = { version: null, requests: [] };
  for (const [i, line] of text.split('\n').entries()) {
    const [keyword, ...parameters] = splitLine(line.replace(/\r$/, ''));
    if (!keyword?.raw.startsWith('#')) continue;
    if (keyword.raw === '#SOFTWAREID') input.version = versionOf(parameters[0]?.value ?? '');
    else input.requests.push(toRequest(fn, keyword.raw, parameters, i + 1));
  }
  return input;
}

function toRequest(fn: BackintFunction, keyword: string, parameters: Token[], lineNo: number): Request {
  const counts = grammar[fn][keyword];
  if (!counts) throw refused(lineNo, `${keyword} is nothing that ${fn} knows`);
  if (parameters.length < counts[0] || parameters.length > counts[1])
    throw refused(lineNo, `${keyword} has ${parameters.length} parameters`);
  const [first = null, second = null, third = null] = parameters;
  const none = { ebid: null, name: null, destination: null, sizeBytes: null };
  if (keyword === '#PIPE') return { ...none, kind: 'pipe', name: first };
  if (keyword === '#FILE') return { ...none, kind: 'file', name: first, sizeBytes: sizeOf(second, lineNo) };
  if (keyword === '#EBID') return { ...none, kind: 'ebid', ebid: first, name: second, destination: third };
  return { ...none, kind: 'null', name: first, destination: second };
}

function sizeOf(token: Token | null, lineNo: number): number | null {
  if (!token) return null;
  const size = Number(token.value);
  if (!/^[0-9]+$/.test(token.value) || !Number.isSafeInteger(size))
    throw refused(lineNo, 'a size is no number');
  return size;
}

function versionOf(softwareId: string): string | null {
  return /^backint ([0-9]+\.[0-9]+)$/.exec(softwareId)?.[1] ?? null;
}

function refused(lineNo: number, why: string): CrossvaultError {
  return new CrossvaultError('invalid_input', `Line ${lineNo} of the input file: ${why}.`);
}
