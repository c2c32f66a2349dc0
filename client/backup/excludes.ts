import { CrossvaultError } from '@/lib/errors';

/**
 * Exclude patterns, read the way `.gitignore` readers expect, without negation:
 *
 *   `*.tmp`         a name anywhere below the chosen folder
 *   `/build`        only directly below the chosen folder; so does any pattern with a slash inside, `src/*.o`
 *   `cache/`        folders only
 *   two stars between slashes stand for any number of folders
 *   `?` `[a-c]` `[!x]` `\*`   one character, a class, not a class, a literal
 *
 * An excluded folder is not entered. Names that are no UTF-8 are matched with U+FFFD for each broken byte.
 */
export interface Excludes {
  readonly hasAny: boolean;
  /** `path` has the names below the chosen folder, outermost first. */
  matches(path: readonly string[], isFolder: boolean): boolean;
}

interface Pattern {
  segments: (Token[] | '**')[];
  foldersOnly: boolean;
}

type Token = { kind: 'char'; char: string } | { kind: 'any' } | { kind: 'star' } | CharClass;
interface CharClass {
  kind: 'class';
  isNegated: boolean;
  ranges: [from: number, to: number][];
}

/** @throws `invalid_input` for a pattern that cannot match anything. */
export function compileExcludes(patterns: readonly string[]): Excludes {
  const compiled = patterns.map(compilePattern);
  return {
    hasAny: compiled.length > 0,
    matches: (path, isFolder) => {
      if (compiled.length === 0) return false;
      const names = path.map((name) => [...name]);
      return compiled.some((p) => (isFolder || !p.foldersOnly) && matchSegments(p.segments, names));
    },
  };
}

function compilePattern(pattern: string): Pattern {
  const foldersOnly = pattern.endsWith('/');
  const body = foldersOnly ? pattern.replace(/\/+$/, '') : pattern;
  const isAnchored = body.includes('/');
  const names = body.split('/').filter((name) => name !== '');
  if (names.length === 0 || names.some((name) => name === '.' || name === '..'))
    throw new CrossvaultError('invalid_input', `The exclude pattern "${pattern}" matches nothing.`);
  const segments: Pattern['segments'] = names.map((name) => (name === '**' ? '**' : tokenize(name)));
  // `a/**` takes what is in the folder, not the folder.
  if (segments.at(-1) === '**') segments.push([{ kind: 'star' }]);
  return { foldersOnly, segments: isAnchored ? segments : ['**', ...segments] };
}

function tokenize(text: string): Token[] {
  const chars = [...text];
  const tokens: Token[] = [];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!;
    if (char === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (char === '?') tokens.push({ kind: 'any' });
    else if (char === '\\' && i + 1 < chars.length) tokens.push({ kind: 'char', char: chars[++i]! });
    else if (char === '[') {
      const end = chars.indexOf(']', chars[i + 1] === '!' ? i + 3 : i + 2);
      if (end < 0) tokens.push({ kind: 'char', char });
      else {
        tokens.push(readClass(chars.slice(i + 1, end)));
        i = end;
      }
    } else tokens.push({ kind: 'char', char });
  }
  return tokens;
}

function readClass(chars: string[]): CharClass {
  const isNegated = chars[0] === '!';
  const body = isNegated ? chars.slice(1) : chars;
  const ranges: [number, number][] = [];
  for (let i = 0; i < body.length; i++) {
    const from = body[i]!.codePointAt(0)!;
    const isRange = body[i + 1] === '-' && i + 2 < body.length;
    ranges.push([from, isRange ? body[i + 2]!.codePointAt(0)! : from]);
    if (isRange) i += 2;
  }
  return { kind: 'class', isNegated, ranges };
}

/** Goes back to the latest star only, which is enough for globs and keeps a hostile pattern from taking exponential time. */
function matchWithStars<P, V>(
  pattern: readonly P[],
  values: readonly V[],
  isStar: (p: P) => boolean,
  matchesOne: (p: P, v: V) => boolean,
): boolean {
  let p = 0;
  let v = 0;
  let starAt = -1;
  let starValue = 0;
  while (v < values.length) {
    const current = pattern[p];
    if (current !== undefined && isStar(current)) {
      starAt = p++;
      starValue = v;
    } else if (current !== undefined && matchesOne(current, values[v]!)) {
      p++;
      v++;
    } else if (starAt >= 0) {
      p = starAt + 1;
      v = ++starValue;
    } else return false;
  }
  while (p < pattern.length && isStar(pattern[p]!)) p++;
  return p === pattern.length;
}

function matchSegments(segments: Pattern['segments'], names: string[][]): boolean {
  return matchWithStars(
    segments,
    names,
    (segment) => segment === '**',
    (segment, name) => segment !== '**' && matchName(segment, name),
  );
}

function matchName(tokens: Token[], name: string[]): boolean {
  return matchWithStars(
    tokens,
    name,
    (token) => token.kind === 'star',
    (token, char) => {
      if (token.kind === 'char') return token.char === char;
      if (token.kind !== 'class') return token.kind === 'any';
      const code = char.codePointAt(0)!;
      return token.ranges.some(([from, to]) => code >= from && code <= to) !== token.isNegated;
    },
  );
}
