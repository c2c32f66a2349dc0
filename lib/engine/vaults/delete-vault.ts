import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { backupPoints, vaults } from '@/db/schema';
import type { ObjectStore } from '@/lib/engine/core';
import { CrossvaultError } from '@/lib/errors';
import { writeAudit } from '@/lib/verb';
import { engineContext } from './engine-context';
import type { VaultAddress, VaultEnvironment } from './environment';
import { forgetKeys } from './opened-keys';
import { loadVaultRow, type VaultRow } from './vault-row';

/** Points first: what has no manifest is no backup. The header and the keys, which say what lies here, go last. */
const objectOrder = ['points/', 'facts/', 'packs/', 'archive/', 'lineages/', 'keys/', ''];
const rowsPerTransaction = 20_000;
const deletesInFlight = 16;

/**
 * `deleting` → gone: all objects first, then the rows. Repeatable; goes on where a crash left it. A vault that is gone
 * already is fine. @throws `state_conflict` for a vault that nobody asked to delete, `storage_unavailable`, `locked`.
 */
export async function deleteVault(environment: VaultEnvironment, address: VaultAddress): Promise<void> {
  const row = await loadVaultRow(environment, address).catch((error: unknown) => {
    if (error instanceof CrossvaultError && error.code === 'not_found') return null;
    throw error;
  });
  if (!row) return;
  if (row.status !== 'deleting')
    throw new CrossvaultError('state_conflict', `The vault ${row.name} is in use.`);
  await requireNothingLocked(environment, row);
  // In every zone, one after the other: what a zone that is away keeps would never be found again.
  for (const zone of environment.storage.zonesOf(row)) {
    for (const prefix of objectOrder) await deleteObjects(zone.vaultStore(row.id), prefix);
    await zone.removeVault(row.id);
  }
  forgetKeys(environment, row.id);
  await deleteRows(environment, address);
  await inAccount(environment.db, row.accountId, async (tx) => {
    const gone = await tx.delete(vaults).where(eq(vaults.id, row.id)).returning({ id: vaults.id });
    if (!gone[0]) return;
    await writeAudit(engineContext(environment.db, row.accountId), tx, 'vaults.removed', {
      resourceKind: 'vault',
      resourceId: row.id,
      resourceName: row.name,
      before: { status: 'deleting' },
    });
  });
}

/** The database refuses to delete locked rows, but by then their bytes would be gone. */
async function requireNothingLocked(environment: VaultEnvironment, row: VaultRow): Promise<void> {
  if (!row.lockedAt) return;
  const [kept] = await inAccount(environment.db, row.accountId, (tx) =>
    tx
      .select({ id: backupPoints.id })
      .from(backupPoints)
      .where(
        and(
          eq(backupPoints.vaultId, row.id),
          isNull(backupPoints.shareId),
          gt(backupPoints.expiresAt, sql`expiry_now()`),
        ),
      )
      .limit(1),
  );
  if (kept)
    throw new CrossvaultError('locked', `The vault ${row.name} is locked and holds points that stay.`);
}

async function deleteObjects(store: ObjectStore, prefix: string): Promise<void> {
  for (;;) {
    const { objects } = await store.list(prefix);
    if (objects.length === 0) return;
    if (store.deleteMany) {
      await store.deleteMany(objects.map(({ name }) => name));
      continue;
    }
    for (let at = 0; at < objects.length; at += deletesInFlight) {
      await Promise.all(objects.slice(at, at + deletesInFlight).map(({ name }) => store.delete(name)));
    }
  }
}

/** In short transactions: a vault may have millions of rows. */
async function deleteRows(
  environment: VaultEnvironment,
  { accountId, vaultId }: VaultAddress,
): Promise<void> {
  const spaces = sql`select space_no from chunk_spaces where account_id = ${accountId} and vault_id = ${vaultId}`;
  const limit = sql`limit ${rowsPerTransaction}`;
  const batches = [
    sql`delete from backup_points where account_id = ${accountId} and id in (
      select id from backup_points where account_id = ${accountId} and vault_id = ${vaultId} ${limit})`,
    sql`delete from chunks where (space_no, name) in (
      select space_no, name from chunks where space_no in (${spaces}) ${limit})`,
    sql`delete from packs where account_id = ${accountId} and pack_no in (
      select pack_no from packs where account_id = ${accountId} and vault_id = ${vaultId} limit 2000)`,
  ];
  for (const batch of batches) {
    const run = (tx: Tx) => tx.execute(batch);
    while ((await inAccount(environment.db, accountId, run)).count > 0);
  }
}
