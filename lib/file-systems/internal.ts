import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { fileSystems } from '@/db/schema';
import type { MountIdentity } from '@/lib/engine/core/posix/mounts';
import { CrossvaultError } from '@/lib/errors';
import type { FileSystem, FileSystemKind } from './schemas';

export type FileSystemRow = typeof fileSystems.$inferSelect;

/** Columns that the console may read. */
export const seen = {
  id: fileSystems.id,
  region: fileSystems.region,
  kind: fileSystems.kind,
  name: fileSystems.name,
  checkState: fileSystems.checkState,
  checkMessage: fileSystems.checkMessage,
  checkedAt: fileSystems.checkedAt,
  createdAt: fileSystems.createdAt,
};
type SeenRow = Pick<FileSystemRow, keyof typeof seen>;

export function toFileSystem(row: SeenRow): FileSystem {
  const { id, region, kind, name, checkState: state, checkMessage: message } = row;
  const check = { state, message, at: row.checkedAt.toISOString() };
  return { id, region, kind, name, check, createdAt: row.createdAt.toISOString() };
}

export function identityOf({ fsType, fsSource, fsRoot, fsId }: FileSystemRow): MountIdentity {
  return { fsType, source: fsSource, root: fsRoot, fsId };
}

/** @throws `not_found` also for one of another account. */
export async function requireFileSystem(
  tx: Tx,
  accountId: string,
  { id, kind }: { id: string; kind: FileSystemKind },
): Promise<SeenRow> {
  const [row] = await tx
    .select(seen)
    .from(fileSystems)
    .where(and(eq(fileSystems.accountId, accountId), eq(fileSystems.id, id), eq(fileSystems.kind, kind)));
  if (row) return row;
  throw new CrossvaultError('not_found', 'There is no such file system. Ask the operator to register it.', {
    fields: { 'config.fileSystemId': 'Choose one of the registered file systems.' },
  });
}

/** Where it is mounted and what has to be mounted there, for the mover; null for one that is not registered. */
export async function findMountPlace(
  tx: Tx,
  accountId: string,
  { id, kind }: { id: string; kind: FileSystemKind },
): Promise<Record<string, string> | null> {
  const [row] = await tx
    .select()
    .from(fileSystems)
    .where(and(eq(fileSystems.accountId, accountId), eq(fileSystems.id, id), eq(fileSystems.kind, kind)));
  if (!row) return null;
  const { mountPath, fsType, fsSource, fsRoot, fsId } = row;
  return { mountPath, fsType, fsSource, fsRoot, ...(fsId && { fsId }) };
}
