import { CrossvaultError } from '@/lib/errors';

/** One parameter of a line: as it was written, to be given back so, and what it means. */
export interface Token {
  raw: string;
  value: string;
}

/**
 * Splits a line of the Backint files at its spaces. A parameter that begins with a quote ends with the next one; inside, a
 * backslash before a quote makes it part of the value, and any other backslash is itself.
 * @throws `invalid_input` for a quote that is not closed.
 */
export function splitLine(line: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < line.length; ) {
    if (line[at] === ' ') at++;
    else {
      const token = line[at] === '"' ? readQuoted(line, at) : readPlain(line, at);
      tokens.push(token);
      at += token.raw.length;
    }
  }
  return tokens;
}

function readPlain(line: string, from: number): Token {
  const end = line.indexOf(' ', from);
  const raw = line.slice(from, end < 0 ? line.length : end);
  return { raw, value: raw };
}

function readQuoted(line: string, from: number): Token {
  let value = '';
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === '"') return { raw: line.slice(from, at + 1), value };
    if (line[at] === '\\' && line[at + 1] === '"') at++;
    value += line[at];
  }
  throw new CrossvaultError('invalid_input', `A quote is not closed: ${line.slice(0, 200)}`);
}

/** Writes a value between quotes. One that ends with a backslash cannot be: it would eat the closing quote. */
export function quote(value: string): string {
  return `"${value.replaceAll('"', '\\"')}"`;
}

/** A value as one parameter: plain only where quotes cannot hold it. */
export function formatToken(value: string): string {
  return value.endsWith('\\') ? value : quote(value);
}
