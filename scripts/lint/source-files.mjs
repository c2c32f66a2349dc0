import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/command.mjs';

const outside =
  /^(?:node_modules|dist|\.next|\.git|\.crossvault|test-results|playwright-report|coverage|bench\/results)(?:\/|$)/;

/** Paths of the checkout's own text files, and how to read them. */
export function sourceFiles() {
  const paths = listTracked() ?? walk('');
  return paths
    .filter((path) => /\.(?:tsx?|mjs|css|sql|md)$/.test(path) && existsSync(join(root, path)))
    .map((path) => ({ path, read: () => readFileSync(join(root, path), 'utf8') }));
}

/** With new files that are not ignored; null outside a git checkout. */
function listTracked() {
  const git = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return git.status === 0 ? [...new Set(git.stdout.split('\0').filter(Boolean))] : null;
}

function walk(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (outside.test(path)) return [];
    return entry.isDirectory() ? walk(path) : [path];
  });
}
