import { and, asc, desc, eq } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { chunkSpaces, kmsKeys, vaultKeys, vaultLineages, vaults } from '@/db/schema';
import { notFound } from '@/lib/errors';
import type { KmsKey } from '@/lib/keys/schemas';
import type { VaultKind } from '@/lib/vaults/schemas';
import type { VaultAddress, VaultEnvironment } from './environment';

/** What the database knows that opening a vault needs. */
export interface VaultRow {
  accountId: string;
  id: string;
  kind: VaultKind;
  name: string;
  region: string;
  status: 'initializing' | 'created' | 'error' | 'deleting';
  redundancy: 'LRS' | 'ZRS';
  encryption: 'service' | 'kms';
  kmsKeyId: string | null;
  key: {
    accountId: string;
    id: string;
    alias: string | null;
    state: KmsKey['state'];
    deletionAt: Date | null;
    wrappedMaterial: Buffer | null;
  } | null;
  lockedAt: Date | null;
  createdAt: Date;
  /** False until the first initialisation came to its end. */
  hasKeys: boolean;
  /** The newest version of the vault's key; 0 before the first. */
  keyVersion: number;
  spaces: { lineageId: string; spaceNo: number; tier: 'standard' | 'archive' }[];
}

/** @throws `not_found`, also for a stranger's vault and for a source whose replication is not active. */
export async function loadVaultRow(environment: VaultEnvironment, address: VaultAddress): Promise<VaultRow> {
  const { accountId, replicationId, shareId } = address;
  return inAccount(environment.db, accountId, (tx) => readVaultRow(tx, address), { replicationId, shareId });
}

async function readVaultRow(
  tx: Tx,
  { accountId, vaultId, replicationId, shareId }: VaultAddress,
): Promise<VaultRow> {
  // Alone only the account's own; with a replication or a share, the database's policy shows its source vault too.
  const own = replicationId || shareId ? undefined : eq(vaults.accountId, accountId);
  const [row] = await tx
    .select({ vault: vaults, key: kmsKeys })
    .from(vaults)
    .leftJoin(kmsKeys, eq(kmsKeys.id, vaults.kmsKeyId))
    .where(and(eq(vaults.id, vaultId), own));
  if (!row) throw notFound('vault');
  const [keyVersion] = await tx
    .select({ version: vaultKeys.version })
    .from(vaultKeys)
    .where(eq(vaultKeys.vaultId, vaultId))
    .orderBy(desc(vaultKeys.version))
    .limit(1);
  const spaces = await tx
    .select({ lineageId: chunkSpaces.lineageId, spaceNo: chunkSpaces.spaceNo, tier: chunkSpaces.tier })
    .from(chunkSpaces)
    .innerJoin(
      vaultLineages,
      and(eq(vaultLineages.vaultId, chunkSpaces.vaultId), eq(vaultLineages.lineageId, chunkSpaces.lineageId)),
    )
    .where(eq(chunkSpaces.vaultId, vaultId))
    .orderBy(asc(vaultLineages.createdAt));
  const version = keyVersion?.version ?? 0;
  return { ...row.vault, key: row.key, hasKeys: version > 0, keyVersion: version, spaces };
}
