import { and, asc, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type backupPoints, disks, servers } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import type { BackupSpec, BlockDetails } from '@/lib/jobs/schemas';
import type { SourceKind } from '@/lib/schemas';
import { diskPath } from './schemas';

interface Subject {
  sourceKind: SourceKind;
  sourceName: string;
  /** The disk or the server. */
  item: string;
  spec: BackupSpec;
  at: Date;
}

type Columns = Partial<
  Pick<typeof backupPoints.$inferInsert, 'backupName' | 'resource' | 'isEncrypted' | 'dataBytes'>
>;

/**
 * What a backup of a disk or a server keeps of it beside its bytes. A disk that was written to, taken away or replaced since
 * its bytes were read makes no backup.
 */
export async function describeBlockBackup(
  tx: Tx,
  accountId: string,
  { sourceKind, sourceName, item, spec, at }: Subject,
  details: BlockDetails | null | undefined,
): Promise<Columns> {
  if (sourceKind !== 'disk' && sourceKind !== 'server') return {};
  if (!details) throw new CrossvaultError('invalid_input', 'A backup of disks says what it was made of.');
  const isServer = sourceKind === 'server';
  const rows = await tx
    .select()
    .from(disks)
    .where(and(eq(disks.accountId, accountId), eq(isServer ? disks.serverId : disks.id, item)))
    .orderBy(asc(disks.position))
    .for('share');
  const [server] = isServer
    ? await tx
        .select()
        .from(servers)
        .where(and(eq(servers.accountId, accountId), eq(servers.id, item)))
    : [];
  if (rows.length === 0 || (isServer && !server)) throw notFound(sourceKind);
  const told = new Map(details.disks.map((disk) => [disk.diskId, disk]));
  const isSame = rows.length === told.size && rows.every((disk) => isAsRead(disk, told, details));
  if (!isSame) {
    throw new CrossvaultError(
      'state_conflict',
      'A disk was started, changed or attached elsewhere while it was backed up. No backup was made; start it again.',
      { reason: 'disk_changed' },
    );
  }
  const backedUp = rows.map((disk) => ({
    diskId: disk.id,
    name: disk.name,
    position: isServer ? (disk.position ?? 0) : 0,
    sizeBytes: disk.sizeBytes,
    format: disk.format,
    path: diskPath(isServer ? (disk.position ?? 0) : 0),
    dataBytes: told.get(disk.id)!.dataBytes,
    encryption:
      disk.kmsKeyId && disk.sealedSecret
        ? { kmsKeyId: disk.kmsKeyId, sealedSecret: disk.sealedSecret.toString('base64') }
        : null,
  }));
  return {
    backupName: spec.backupName ?? nameOf(sourceName, at),
    isEncrypted: backedUp.some(({ encryption }) => encryption !== null),
    dataBytes: backedUp.reduce((sum, { dataBytes }) => sum + dataBytes, 0),
    resource: {
      kind: sourceKind,
      id: item,
      name: sourceName,
      flavour: server?.flavour ?? null,
      isCrashConsistent: details.isCrashConsistent,
      disks: backedUp,
    },
  };
}

/** A running machine writes on; what was read of it is of one moment all the same. */
function isAsRead(
  { id, generation }: typeof disks.$inferSelect,
  told: ReadonlyMap<string, { generation: number }>,
  { isCrashConsistent }: BlockDetails,
): boolean {
  const disk = told.get(id);
  return disk !== undefined && (isCrashConsistent || disk.generation === generation);
}

function nameOf(sourceName: string, at: Date): string {
  const time = at.toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  return `${sourceName.slice(0, 64 - time.length - 1)}-${time}`;
}
