import { and, count, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupPoints, replications, vaults } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import type { VaultFacts } from './rules';
import type { Vault } from './schemas';
import { selectVaults, toVaults } from './select-vaults';

/** Locks the vault's row, so that its state cannot move between the rule and the write. */
export async function loadVaultForUpdate(tx: Tx, id: string) {
  const [vault] = await tx.select().from(vaults).where(eq(vaults.id, id)).for('update');
  if (!vault) throw notFound('vault');
  return vault;
}

export async function loadFacts(tx: Tx, vault: typeof vaults.$inferSelect, now: Date): Promise<VaultFacts> {
  const [active] = await tx
    .select({ total: count() })
    .from(replications)
    .where(
      and(
        eq(replications.state, 'active'),
        or(eq(replications.sourceVaultId, vault.id), eq(replications.targetVaultId, vault.id)),
      ),
    );
  const [unexpired] = await tx
    .select({ total: count() })
    .from(backupPoints)
    .where(
      and(
        eq(backupPoints.vaultId, vault.id),
        eq(backupPoints.status, 'visible'),
        // No lock covers what came by a share.
        isNull(backupPoints.shareId),
        gt(backupPoints.expiresAt, now),
      ),
    );
  return {
    id: vault.id,
    name: vault.name,
    kind: vault.kind,
    status: vault.status,
    statusReason: vault.statusReason,
    isLocked: vault.lockedAt !== null,
    isReplicating: (active?.total ?? 0) > 0,
    unexpiredPoints: unexpired?.total ?? 0,
  };
}

export async function getVaultDto(tx: Tx, id: string, accountId: string, now: Date): Promise<Vault> {
  const rows = await selectVaults(tx, sql<string>`''`).where(eq(vaults.id, id));
  const [vault] = await toVaults(tx, rows, accountId, now);
  if (!vault) throw notFound('vault');
  return vault;
}

/** What a kept trial becomes. */
export const asStandard = {
  kind: 'standard',
  trialEndsAt: null,
  trialReleasesAt: null,
  isKeptAfterTrial: false,
  trialTold: 0,
} as const;

export function nameTaken(name: string): CrossvaultError {
  return new CrossvaultError('already_exists', `There is a vault ${name} in this region already.`, {
    fields: { name: 'Choose another name.' },
  });
}
