import { eq } from 'drizzle-orm';
import { vaults } from '@/db/schema';
import { notify } from '@/lib/notifications';
import { writeVerb } from '@/lib/verb';
import { getVaultDto, loadFacts, loadVaultForUpdate } from './internal';
import { checkLock } from './rules';
import { LockVault, type Vault } from './schemas';

/** Locks a vault for ever: none of its points, now or later, can be deleted before it expires. */
export const lockVault = writeVerb({
  action: 'vaults.lock',
  permission: 'vaults.lock',
  input: LockVault,
  async run({ ctx, tx, input, now, audit }): Promise<Vault> {
    const vault = await loadVaultForUpdate(tx, input.id);
    checkLock(await loadFacts(tx, vault, now), input.confirm);
    await tx.update(vaults).set({ lockedAt: now }).where(eq(vaults.id, vault.id));
    await audit({
      resourceKind: 'vault',
      resourceId: vault.id,
      resourceName: vault.name,
      before: { lockedAt: null },
      after: { lockedAt: now },
    });
    await notify(tx, ctx.accountId, {
      kind: 'vaults.locked',
      severity: 'info',
      title: `Vault ${vault.name} was locked`,
      body: `By ${ctx.actor.name}. Its backup points stay until they expire.`,
      href: `/${vault.region}/vaults/${vault.id}`,
    });
    return getVaultDto(tx, vault.id, ctx.accountId, now);
  },
});
