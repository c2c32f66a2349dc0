import { and, asc, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { policyBindings, policyRules, vaults } from '@/db/schema';
import { archiveVaultRefusal } from '@/lib/backup-points/schemas';
import { CrossvaultError } from '@/lib/errors';

/**
 * Refuses a policy whose rule archives into a vault that cannot take the points of a vault it is bound to: asked whenever
 * rules or bindings change, so that no point is made with a way out that does not exist.
 */
export async function requireArchiveVaults(tx: Tx, accountId: string, policyId: string): Promise<void> {
  const rules = await tx
    .select()
    .from(policyRules)
    .where(and(eq(policyRules.accountId, accountId), eq(policyRules.policyId, policyId)))
    .orderBy(asc(policyRules.position));
  if (rules.every(({ archiveVaultId }) => archiveVaultId === null)) return;
  const bound = await tx
    .selectDistinct({ name: vaults.name, region: vaults.region, encryption: vaults.encryption })
    .from(vaults)
    .innerJoin(policyBindings, eq(policyBindings.vaultId, vaults.id))
    .where(and(eq(policyBindings.accountId, accountId), eq(policyBindings.policyId, policyId)));
  for (const { archiveVaultId, position } of rules) {
    if (archiveVaultId === null) continue;
    const [archive] = await tx
      .select()
      .from(vaults)
      .where(and(eq(vaults.accountId, accountId), eq(vaults.id, archiveVaultId)));
    const field = `rules.${position}.archiveVaultId`;
    if (archive?.kind !== 'archive') throw refuse('Choose an archive vault of this account.', field);
    for (const vault of bound) {
      const refusal = archiveVaultRefusal(vault, archive);
      if (refusal) throw refuse(`Points of ${vault.name} cannot go into ${archive.name}. ${refusal}`, field);
    }
  }
}

function refuse(message: string, field: string): CrossvaultError {
  return new CrossvaultError('not_eligible', message, {
    reason: 'archive_vault_unfit',
    fields: { [field]: message, vaultId: message },
  });
}
