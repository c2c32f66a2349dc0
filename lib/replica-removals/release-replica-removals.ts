import { eq } from 'drizzle-orm';
import { vaults } from '@/db/schema';
import { notify } from '@/lib/notifications';
import { wakeTickerOf } from '@/lib/ticker';
import { writeVerb } from '@/lib/verb';
import { loadRemovals, requireTargetVault, setPointHolds } from './internal';
import { ReleaseReplicaRemovals, type ReplicaRemovalList } from './schemas';

/** Ends a hold. What has passed its date, and is held no other way, goes with the next tick. */
export const releaseReplicaRemovals = writeVerb({
  action: 'replica_removals.release',
  permission: 'removals.release',
  input: ReleaseReplicaRemovals,
  async run({ ctx, tx, input: { vaultId, pointIds }, now, audit }): Promise<ReplicaRemovalList> {
    const vault = await requireTargetVault(tx, ctx.accountId, vaultId, { lock: true });
    const released = pointIds ? null : { removalsHeldAt: null, removalsHeldBy: null };
    let pointsReleased: string[] = [];
    if (released) await tx.update(vaults).set(released).where(eq(vaults.id, vaultId));
    else pointsReleased = await setPointHolds(tx, vaultId, pointIds!, { heldAt: null, heldBy: null });
    await audit({
      resourceKind: 'vault',
      resourceId: vaultId,
      resourceName: vault.name,
      before: { removalsHeldAt: vault.removalsHeldAt, removalsHeldBy: vault.removalsHeldBy },
      after: released ?? { releasedPointIds: pointsReleased },
    });
    const list = await loadRemovals(tx, { ...vault, ...released });
    await tellWhatGoes(tx, ctx, vault, list, now);
    await wakeTickerOf(tx, ctx.accountId);
    return list;
  },
});

async function tellWhatGoes(
  tx: Parameters<typeof notify>[0],
  ctx: { accountId: string; actor: { name: string } },
  vault: { id: string; name: string; region: string },
  { items, vaultHold }: ReplicaRemovalList,
  now: Date,
): Promise<void> {
  if (vaultHold) return;
  const going = items.filter(({ removeAt, held }) => !held && new Date(removeAt) <= now).length;
  if (going === 0) return;
  await notify(tx, ctx.accountId, {
    kind: 'replication.removals_released',
    severity: 'warning',
    title: `${vault.name}: ${going} replica${going === 1 ? ' is' : 's are'} removed now`,
    body: `${ctx.actor.name} released them, and their guard days are over.`,
    href: `/${vault.region}/vaults/${vault.id}?tab=removals`,
  });
}
