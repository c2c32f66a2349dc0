import { eq, sql } from 'drizzle-orm';
import { vaults } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { asStandard, getVaultDto, loadVaultForUpdate } from './internal';
import { checkKeep } from './rules';
import { KeepTrialVault, type Vault } from './schemas';

/**
 * Says whether a trial becomes a standard vault when it ends instead of being released. After its end and until its release
 * keeping it makes it one at once.
 */
export const keepTrialVault = writeVerb({
  action: 'vaults.keep_trial',
  permission: 'vaults.create',
  input: KeepTrialVault,
  async run({ ctx, tx, input, now, audit }): Promise<Vault> {
    const vault = await loadVaultForUpdate(tx, input.id);
    const outcome = checkKeep(vault, input.isKept, now);
    const change = outcome === 'standard' ? asStandard : { isKeptAfterTrial: input.isKept };
    await tx.update(vaults).set(change).where(eq(vaults.id, vault.id));
    await audit({
      resourceKind: 'vault',
      resourceId: vault.id,
      resourceName: vault.name,
      before: { kind: vault.kind, isKeptAfterTrial: vault.isKeptAfterTrial },
      after: outcome === 'standard' ? { kind: 'standard' } : { isKeptAfterTrial: input.isKept },
    });
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    return getVaultDto(tx, vault.id, ctx.accountId, now);
  },
});
