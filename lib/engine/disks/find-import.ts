import { lstat, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { CrossvaultError } from '@/lib/errors';
import { diskPlaces } from '@/lib/regions';

const mostListed = 500;

/** Files of the operator's import folders, by the name that asks for them: the folder's number and the file's name. */
export async function listImports(region: string) {
  const items: { path: string; sizeBytes: number; modifiedAt: string }[] = [];
  for (const [number, folder] of diskPlaces(region).imports.entries()) {
    for (const name of (await readdir(folder).catch(() => [])).sort()) {
      const stats = await lstat(join(folder, name));
      if (!stats.isFile() || name.startsWith('.') || items.length >= mostListed) continue;
      items.push({ path: `${number}/${name}`, sizeBytes: stats.size, modifiedAt: stats.mtime.toISOString() });
    }
  }
  return { items };
}

/** The file behind such a name. Nothing outside the folders is ever opened, whatever a link says. */
export async function findImport(region: string, path: string): Promise<string> {
  const [number, name, ...rest] = path.split('/');
  const folder = diskPlaces(region).imports[Number(number)];
  if (!folder || !name || rest.length > 0 || name.startsWith('.')) throw noSuchFile();
  const root = await realpath(folder).catch(() => null);
  const file = root && (await realpath(join(root, name)).catch(() => null));
  if (!file?.startsWith(root + sep) || !(await lstat(file)).isFile()) throw noSuchFile();
  return file;
}

function noSuchFile(): CrossvaultError {
  return new CrossvaultError('not_found', 'This file is not in an import folder of the region.', {
    fields: { from: 'Choose a file of the list.' },
  });
}
