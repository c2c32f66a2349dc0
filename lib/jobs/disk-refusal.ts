import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type dataSources, diskKeyPermissions, disks } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { capacityRefusal } from '@/lib/vaults/schemas';
import type { VaultRow } from './internal';

type SourceRow = Pick<typeof dataSources.$inferSelect, 'accountId' | 'id' | 'kind' | 'item' | 'region'>;

/**
 * Why a disk or a server cannot be backed up into a vault now, or null: it is in another region, its disks are not whole, the
 * service may not use the key of one that is encrypted, or it would not fit. A first backup takes as much as its disks hold, at
 * most; of a later one only what changed is new, so that any room will do until it is used up.
 */
export async function diskBackupRefusal(
  tx: Tx,
  source: SourceRow,
  vault: VaultRow,
): Promise<CrossvaultError | null> {
  const { accountId, kind, item } = source;
  if (kind !== 'disk' && kind !== 'server') return null;
  if (vault.region !== source.region) {
    return notEligible(
      `It is in ${source.region} and the vault in ${vault.region}. Choose a vault of its region.`,
      'other_region',
    );
  }
  const rows = await tx
    .select()
    .from(disks)
    .where(and(eq(disks.accountId, accountId), eq(kind === 'server' ? disks.serverId : disks.id, item)));
  if (rows.length === 0) return notEligible(`The ${kind} has no disk that could be backed up.`, 'no_disks');
  const busy = rows.find(({ state }) => state !== 'available');
  if (busy)
    return notEligible(`The disk ${busy.name} is not ready. Wait until it is available.`, 'disk_not_ready');
  if (rows.some(({ isEncrypted }) => isEncrypted) && !(await mayUseKeys(tx, source))) {
    return notEligible(
      'A disk is encrypted, and the disk service may not use the keys of this project yet. Allow it once on the page Disks.',
      'disk_keys_not_allowed',
    );
  }
  const held = rows.reduce((sum, disk) => sum + disk.allocatedBytes, 0);
  return capacityRefusal(vault, (await hasBackup(tx, source.id, vault.id)) ? 0 : held);
}

async function mayUseKeys(tx: Tx, { accountId, region }: SourceRow): Promise<boolean> {
  const found = await tx
    .select({ region: diskKeyPermissions.region })
    .from(diskKeyPermissions)
    .where(and(eq(diskKeyPermissions.accountId, accountId), eq(diskKeyPermissions.region, region)));
  return found.length > 0;
}

async function hasBackup(tx: Tx, sourceId: string, vaultId: string): Promise<boolean> {
  const found = await tx.execute(sql`select from backup_points
    where vault_id = ${vaultId} and source_id = ${sourceId} and status = 'visible' limit 1`);
  return found.length > 0;
}

const notEligible = (message: string, reason: string) =>
  new CrossvaultError('not_eligible', message, { reason });
