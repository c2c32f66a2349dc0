import { spawnSync } from 'node:child_process';

/** The user PostgreSQL runs as; null where we are not root and it simply runs as ourselves. */
export interface Identity {
  uid: number;
  gid: number;
}

const unprivilegedUsers = ['postgres', 'nobody'];

/** PostgreSQL refuses to run as root, so root hands it to an unprivileged user that already exists. */
export function serverIdentity(): Identity | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of unprivilegedUsers) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== null && gid !== null) return { uid, gid };
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and none of the users ${unprivilegedUsers.join(', ')} exists. Start as an ordinary user.`,
  );
}

/** Whether that user can reach `path` through all of its parents; ACLs and mounts count, so the system is asked. */
export function canReach(path: string, identity: Identity | null): boolean {
  if (!identity) return true;
  const test = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], {
    ...identity,
    cwd: '/',
  });
  return test.status === 0;
}

function idOf(flag: '-u' | '-g', name: string): number | null {
  const result = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return result.status === 0 ? Number(result.stdout.trim()) : null;
}
