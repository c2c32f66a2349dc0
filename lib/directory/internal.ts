import { and, asc, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { directories, directoryFolders, directoryMembers } from '@/db/schema';
import { CrossvaultError, invariant, notFound } from '@/lib/errors';
import type { Directory, DirectoryFolder, DirectoryMember } from './schemas';

export type DirectoryRow = typeof directories.$inferSelect;

/** The directory of the account, as members see it; null when it is in none. */
export async function findDirectory(tx: Tx, accountId: string): Promise<Directory | null> {
  const [row] = await tx.select().from(directories);
  if (!row) return null;
  const folders = await tx
    .select()
    .from(directoryFolders)
    .where(eq(directoryFolders.directoryId, row.id))
    .orderBy(asc(directoryFolders.depth), asc(directoryFolders.name));
  const members = await listMembers(tx, row.id);
  const management = members.find((member) => member.joinedBy === 'management');
  invariant(management, 'a directory has its management account');
  return {
    id: row.id,
    rootFolderId: row.rootFolderId,
    role: row.accountId === accountId ? 'management' : 'member',
    management: { accountId: management.accountId, name: management.name },
    sharingEnabledAt: row.sharingEnabledAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    folders: folders.map(({ id, parentId, name, depth }): DirectoryFolder => ({ id, parentId, name, depth })),
    members,
  };
}

export async function listMembers(tx: Tx, directoryId: string): Promise<DirectoryMember[]> {
  const rows = await tx
    .select({
      accountId: directoryMembers.memberAccountId,
      name: sql<string>`door_account_name(${directoryMembers.memberAccountId})`,
      folderId: directoryMembers.folderId,
      joinedBy: directoryMembers.joinedBy,
      joinedAt: directoryMembers.joinedAt,
    })
    .from(directoryMembers)
    .where(eq(directoryMembers.directoryId, directoryId))
    .orderBy(asc(directoryMembers.joinedAt), asc(directoryMembers.memberAccountId));
  return rows.map((row) => ({ ...row, joinedAt: row.joinedAt.toISOString() }));
}

/**
 * The directory that the account manages, held until the transaction ends, so that changes of one tree come one after
 * the other. Throws `not_eligible` for an account that manages none.
 */
export async function lockManagedDirectory(tx: Tx, accountId: string): Promise<DirectoryRow> {
  const [row] = await tx
    .select()
    .from(directories)
    .where(eq(directories.accountId, accountId))
    .for('no key update');
  if (row) return row;
  throw new CrossvaultError(
    'not_eligible',
    'Only the management account of a resource directory can do this. Enable a directory first.',
    { reason: 'no_managed_directory' },
  );
}

export async function requireDirectory(tx: Tx, accountId: string): Promise<Directory> {
  const directory = await findDirectory(tx, accountId);
  invariant(directory, 'a directory that was locked is there');
  return directory;
}

export function getFolder(directory: Directory, id: string): DirectoryFolder {
  const folder = directory.folders.find((one) => one.id === id);
  if (!folder) throw notFound('folder');
  return folder;
}

/** A folder that a form names; absent means the root. */
export function chooseFolder(directory: Directory, id: string | undefined): DirectoryFolder {
  return getFolder(directory, id ?? directory.rootFolderId);
}

export function getMember(directory: Directory, accountId: string): DirectoryMember {
  const member = directory.members.find((one) => one.accountId === accountId);
  if (!member) throw notFound('member');
  if (member.joinedBy !== 'management') return member;
  throw new CrossvaultError(
    'not_eligible',
    'The management account stands beside the tree. It is neither moved nor removed.',
    { reason: 'management_account' },
  );
}

/** Moves or removes a member; what shares gave it follows in the same transaction. */
export async function changeMembership(
  tx: Tx,
  directoryId: string,
  accountId: string,
  change: { folderId: string } | 'remove',
): Promise<void> {
  const member = and(
    eq(directoryMembers.directoryId, directoryId),
    eq(directoryMembers.memberAccountId, accountId),
  );
  if (change === 'remove') await tx.delete(directoryMembers).where(member);
  else await tx.update(directoryMembers).set(change).where(member);
}
