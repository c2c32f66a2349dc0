import { sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { nameFromUuid } from '@/lib/engine/core/names';
import { createVaultWriter } from '@/lib/engine/core/vault-writer';
import { openPin, releasePin } from '@/lib/engine/index/pins';
import { PostgresIndex } from '@/lib/engine/index/postgres-index';
import { type OpenVault, openVault, type VaultAddress, type VaultEnvironment } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import type { PackToCheck } from './check-pack';

type Partner = VaultAddress & { side: 'replica' | 'source' };

/** The vault at the other end of a running replication: its chunks go by the same names. */
async function findPartner(
  environment: VaultEnvironment,
  { address, vaultId }: OpenVault,
): Promise<Partner | null> {
  const [row] = await inAccount(environment.db, address.accountId, (tx) =>
    tx.execute<{ id: string; account_id: string; source_vault_id: string; target_vault_id: string }>(sql`
      select id, account_id, source_vault_id, target_vault_id from replications
      where state = 'active' and (source_vault_id = ${vaultId} or target_vault_id = ${vaultId}) limit 1`),
  );
  if (!row) return null;
  if (row.source_vault_id === vaultId)
    return { side: 'replica', accountId: row.account_id, vaultId: row.target_vault_id };
  return { side: 'source', accountId: row.account_id, vaultId: row.source_vault_id, replicationId: row.id };
}

/**
 * Writes the chunks of a damaged pack anew, from the replica or the source, where it has them; their rows move to the new
 * packs in the transactions that record these. What crosses is what this vault held already, under names it knows.
 * @returns where they came from and how many chunks are still lost, or null without a partner.
 */
export async function healFromPartner(
  environment: VaultEnvironment,
  vault: OpenVault,
  pack: PackToCheck,
): Promise<{ side: Partner['side']; lost: number } | null> {
  const partner = await findPartner(environment, vault);
  if (!partner) return null;
  const { accountId } = vault.address;
  const rows = await inAccount(environment.db, accountId, (tx) =>
    tx.execute<{ name: string; kind: number }>(
      sql`select name, kind from chunks where pack_no = ${pack.packNo} order by frame_no, chunk_offset`,
    ),
  );
  const other = await openVault(environment, partner);
  const lineage = other.spaces.find(
    ({ lineageId, tier }) => lineageId === pack.space.lineageId && tier === 'standard',
  );
  if (!lineage) return null;
  const names = rows.map((row) => nameFromUuid(row.name));
  const locations = await other.index(lineage).locate(names);
  const reader = other.reader(lineage);
  const work = { vaultId: vault.vaultId, workKind: 'verify', workId: `heal/${pack.packNo}` } as const;
  const { pinNo } = await openPin(environment.db, accountId, work);
  const index = new PostgresIndex(environment.db, {
    ...vault.address,
    spaceNo: pack.space.spaceNo,
    tier: pack.space.tier,
    pinNo,
    keyVersion: vault.keys.current.version,
    replacesPackNo: pack.packNo,
  });
  const writer = createVaultWriter({
    store: vault.store,
    keys: vault.keys,
    namingKey: pack.space.namingKey,
    tier: pack.space.tier,
    pool: environment.work,
    onStoredPack: async (stored) => void (await index.add(stored.pack, stored.rows)),
  });
  let lost = 0;
  try {
    for (const [at, name] of names.entries()) {
      const location = locations[at];
      const bytes = location && (await reader.read(name, location).catch(nullWhenDamaged));
      if (bytes) await writer.put({ name, type: rows[at]!.kind === 1 ? 'tree' : 'data', bytes });
      else lost++;
    }
    await writer.flush();
  } finally {
    await writer.abort();
    await inAccount(environment.db, accountId, (tx) => releasePin(tx, pinNo));
  }
  return { side: partner.side, lost };
}

function nullWhenDamaged(error: unknown): null {
  if (error instanceof CrossvaultError && (error.code === 'corrupt_data' || error.code === 'not_found'))
    return null;
  throw error;
}
