import { readFile } from 'node:fs/promises';
import type { OwnerIds } from '@/lib/engine/core/restore-attributes';
import type { OwnerNames } from '@/lib/engine/core/walk';

/** Names of this host's local users and groups; other directories' ids stay numbers. */
export async function readOwnerNames(): Promise<OwnerNames> {
  const [users, groups] = await Promise.all([readNames('/etc/passwd'), readNames('/etc/group')]);
  return {
    userName: (uid) => users.get(uid) ?? null,
    groupName: (gid) => groups.get(gid) ?? null,
    version: JSON.stringify([[...users], [...groups]]),
  };
}

/** Ids of this host's local users and groups: a name that it knows counts for more than the number it had elsewhere. */
export async function readOwnerIds(): Promise<OwnerIds> {
  const [users, groups] = await Promise.all([readNames('/etc/passwd'), readNames('/etc/group')]);
  const invert = (names: Map<number, string>) =>
    new Map([...names].reverse().map(([id, name]) => [name, id]));
  const [userIds, groupIds] = [invert(users), invert(groups)];
  return { userId: (name) => userIds.get(name) ?? null, groupId: (name) => groupIds.get(name) ?? null };
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
