import { eq } from 'drizzle-orm';
import { vaults } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { loadRemovals, requireTargetVault, setPointHolds } from './internal';
import { HoldReplicaRemovals, type ReplicaRemovalList } from './schemas';

/**
 * Keeps replicas that were announced for removal, as long as the hold stands: some of them, or whatever the vault holds,
 * with what its source archives later. Their retention goes on: what expires goes.
 */
export const holdReplicaRemovals = writeVerb({
  action: 'replica_removals.hold',
  permission: 'removals.hold',
  input: HoldReplicaRemovals,
  async run({ ctx, tx, input: { vaultId, pointIds }, now, audit }): Promise<ReplicaRemovalList> {
    const vault = await requireTargetVault(tx, ctx.accountId, vaultId, { lock: true });
    const { name } = ctx.actor;
    if (pointIds) {
      const held = await setPointHolds(tx, vaultId, pointIds, { heldAt: now, heldBy: name });
      const after = { heldPointIds: held };
      await audit({ resourceKind: 'vault', resourceId: vaultId, resourceName: vault.name, after });
      return loadRemovals(tx, vault);
    }
    const hold = {
      removalsHeldAt: vault.removalsHeldAt ?? now,
      removalsHeldBy: vault.removalsHeldBy ?? name,
    };
    await tx.update(vaults).set(hold).where(eq(vaults.id, vaultId));
    await audit({
      resourceKind: 'vault',
      resourceId: vaultId,
      resourceName: vault.name,
      before: { removalsHeldAt: vault.removalsHeldAt },
      after: hold,
    });
    return loadRemovals(tx, { ...vault, ...hold });
  },
});
