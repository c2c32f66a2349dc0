import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runQuietly } from './command.mjs';
import { requireWritable } from './preflight.mjs';
import { step } from './progress.mjs';

const shared = ['lib', 'db', 'package-lock.json', 'tsconfig.json', 'package.json', 'patches'];

/** What is built from what; each is built anew only when one of its sources has changed. */
const parts = {
  bundles: {
    title: 'Building engine and client',
    sources: [...shared, 'client', 'scripts'],
    result: 'dist/engine.js',
    build: async () => (await import('./bundle.mjs')).bundle(),
  },
  console: {
    title: 'Building the console',
    sources: [...shared, 'app', 'components', 'public', 'next.config.mjs', 'postcss.config.mjs', 'proxy.ts'],
    result: '.next/BUILD_ID',
    build: () =>
      runQuietly(process.execPath, [join(root, 'node_modules/next/dist/bin/next'), 'build'], {
        env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
      }),
  },
};

/** Builds the named parts where they are not up to date. */
export async function ensureBuilt(names = Object.keys(parts)) {
  for (const name of names) {
    const { title, sources, result, build } = parts[name];
    const stamp = join(root, 'dist', `.${name}.sha256`);
    const hash = hashSources(sources);
    if (existsSync(join(root, result)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) continue;
    requireWritable(join(root, 'dist'), 'The folder', 'What is built goes there.');
    await step(title, build);
    writeFileSync(stamp, hash);
  }
}

function hashSources(sources) {
  const hash = createHash('sha256');
  for (const path of sources) addToHash(hash, path);
  return hash.digest('hex');
}

function addToHash(hash, path) {
  const full = join(root, path);
  if (!existsSync(full) || /\.test\.tsx?$/.test(path)) return;
  const entries = listFolder(full);
  if (!entries) {
    const bytes = readFileSync(full);
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
    return;
  }
  for (const name of entries.sort()) addToHash(hash, `${path}/${name}`);
}

function listFolder(path) {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error.code === 'ENOTDIR') return null;
    throw error;
  }
}
