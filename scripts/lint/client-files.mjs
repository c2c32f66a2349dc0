const serverOnly = [
  { pattern: /^@\/db(?:\/|$)/, why: 'the database' },
  { pattern: /^@\/lib\/engine\//, why: 'the engine' },
  { pattern: /^node:/, why: 'Node' },
];

/** What runs in browsers must not pull in what runs on servers; types are gone by then. */
export function checkClientFiles(files) {
  const nouns = files.map(({ path }) => /^lib\/([^/]+)\/index\.ts$/.exec(path)?.[1]).filter(Boolean);
  const doors = new RegExp(`^@/lib/(?:${nouns.join('|')})(?:/index)?$`);
  return files.flatMap(({ path, read }) => {
    if (!/^(?:app|components|lib)\/.*\.tsx?$/.test(path) || /\.test\.tsx?$/.test(path)) return [];
    const text = read();
    if (!/^(?:\/\/.*\n|\/\*[\s\S]*?\*\/|\s)*['"]use client['"]/.test(text)) return [];
    return [...text.matchAll(/^import (?!type )[^;]*?from '([^']+)'/gm)].flatMap(([, source]) =>
      [...serverOnly, { pattern: doors, why: 'the server door of a noun' }]
        .filter(({ pattern }) => pattern.test(source))
        .map(({ why }) => `${path} runs in browsers and imports ${source}: ${why}`),
    );
  });
}
