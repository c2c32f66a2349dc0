import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand, root, runQuietly } from './command.mjs';
import { requireWritable } from './preflight.mjs';
import { step } from './progress.mjs';

/** Installs what package-lock.json says, when node_modules is not that. */
export async function ensureInstalled() {
  if (isInstalled(root)) return;
  requireWritable(root, 'The checkout', 'Packages are installed in it.');
  const [command, ...args] = npmCommand();
  await step('Installing packages', () => runQuietly(command, [...args, 'ci']));
}

/** Whether node_modules holds the versions of the lockfile and the repaired database driver. */
export function isInstalled(folder) {
  const wanted = readLock(join(folder, 'package-lock.json'));
  const found = readLock(join(folder, 'node_modules/.package-lock.json'));
  if (!wanted || !found) return false;
  const isSame = Object.entries(wanted).every(
    ([path, { version, integrity, optional }]) =>
      path === '' ||
      (found[path] ? found[path].version === version && found[path].integrity === integrity : optional),
  );
  return isSame && isDriverRepaired(folder);
}

function readLock(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : null;
}

function isDriverRepaired(folder) {
  const driver = join(folder, 'node_modules/postgres/src/index.js');
  return existsSync(driver) && readFileSync(driver, 'utf8').includes('connectionLossRepair');
}
