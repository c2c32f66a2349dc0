import { readFile } from 'node:fs/promises';
import type { OwnerNames } from '@/lib/engine/core/walk';

/** Names of this host's local users and groups; other directories' ids stay numbers. */
export async function readOwnerNames(): Promise<OwnerNames> {
  const [users, groups] = await Promise.all([readNames('/etc/passwd'), readNames('/etc/group')]);
  return { userName: (uid) => users.get(uid) ?? null, groupName: (gid) => groups.get(gid) ?? null };
}

async function readNames(path: string): Promise<Map<number, string>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (name && id && /^\d+$/.test(id) && Buffer.byteLength(name) <= 255 && !names.has(Number(id)))
      names.set(Number(id), name);
  }
  return names;
}
