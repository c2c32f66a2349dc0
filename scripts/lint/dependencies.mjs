import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The oldest versions without a known hole that concerns us. `npm audit` finds nothing behind some registry mirrors. */
const floors = {
  next: '16.3.3',
  'next-auth': '4.24.15',
  'drizzle-orm': '0.45.2',
  // The repair in patches/ is for exactly this version
  postgres: '3.4.9',
};

export function checkDependencies(root) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const old = Object.entries(floors).flatMap(([name, floor]) => {
    const version = lock[`node_modules/${name}`]?.version;
    if (version && compare(version, floor) >= 0) return [];
    return [`${name} ${version ?? 'is missing'}: at least ${floor}`];
  });
  const missing = Object.entries(lock).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !lock[`${path}/node_modules/${name}`] && !lock[`node_modules/${name}`])
      .map((name) => `package-lock.json lacks ${name}: run node scripts/complete-lockfile.mjs`),
  );
  return [...old, ...missing];
}

function compare(a, b) {
  const [left, right] = [a, b].map((version) => version.split(/[.-]/).map(Number));
  for (let at = 0; at < 3; at++) if (left[at] !== right[at]) return left[at] - right[at];
  return 0;
}
