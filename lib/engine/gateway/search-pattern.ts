/** What a person looks for: a name, a part of one, or a path; with `*`, `?` and, over folders, `**`. */
export interface SearchPattern {
  /** Whether an entry is meant. `path` is that of its folder, from the root of the point. */
  matches(path: readonly string[], name: string): boolean;
  /** Only names count, so that a folder found once holds the same matches wherever it is met again. */
  isByName: boolean;
  /** The path, when it names exactly one. */
  exact: string[] | null;
}

export function compilePattern(text: string): SearchPattern {
  const wanted = text.trim();
  const hasWildcard = /[*?]/.test(wanted);
  if (!wanted.includes('/')) {
    const name = hasWildcard ? toRegExp(wanted) : null;
    const part = wanted.toLowerCase();
    return {
      matches: (_, found) => (name ? name.test(found) : found.toLowerCase().includes(part)),
      isByName: true,
      exact: null,
    };
  }
  const path = `/${wanted.split('/').filter(Boolean).join('/')}`;
  const whole = toRegExp(path);
  return {
    matches: (above, name) => whole.test(`/${[...above, name].join('/')}`),
    isByName: false,
    exact: hasWildcard ? null : path.slice(1).split('/'),
  };
}

function toRegExp(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/?|\*|\?|[.+^${}()|[\]\\]/g, (found) => {
    if (found === '**/') return '(?:[^/]*/)*';
    if (found === '**') return '.*';
    if (found === '*') return '[^/]*';
    return found === '?' ? '[^/]' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 'is');
}
