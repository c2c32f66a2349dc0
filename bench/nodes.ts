import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findVersion, runCommand } from './measure';

export interface NodeChoice {
  path: string;
  version: string;
}

/**
 * The program of a Node that is named by its path, or by a major version: then the package of that name from npm, kept in
 * a folder. @throws when there is none.
 */
export async function findNode(named: string, cacheFolder: string): Promise<NodeChoice> {
  const path = /^\d+$/.test(named) ? await fromPackage(named, cacheFolder) : named;
  const version = await findVersion([path, '--version']);
  if (!/^v\d+\.\d+/.test(version ?? '')) throw new Error(`${path} is no Node`);
  return { path, version: version! };
}

async function fromPackage(major: string, cacheFolder: string): Promise<string> {
  const folder = join(cacheFolder, `node-${major}`);
  const name = `node-${process.platform}-${process.arch}`;
  const path = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  await runCommand(['npm', 'install', '--no-save', '--prefix', folder, `${name}@${major}`]);
  return path;
}
