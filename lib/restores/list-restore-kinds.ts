import { and, count, eq, max } from 'drizzle-orm';
import { backupPoints } from '@/db/schema';
import { SourceKind } from '@/lib/schemas';
import { readVerb } from '@/lib/verb';
import { madeFromBackup, restoreKinds, unrestorableKinds } from './kinds';
import { ListRestoreKinds, type RestoreKind } from './schemas';

/** Every kind of data source with the vaults that hold points of it, and those that cannot be restored with the reason. */
export const listRestoreKinds = readVerb({
  action: 'restores.list_kinds',
  permission: 'vaults.read',
  input: ListRestoreKinds,
  async run({ ctx, tx }) {
    const held = await tx
      .select({
        kind: backupPoints.sourceKind,
        vaultId: backupPoints.vaultId,
        pointCount: count(),
        newestAt: max(backupPoints.createdAt),
      })
      .from(backupPoints)
      .where(and(eq(backupPoints.accountId, ctx.accountId), eq(backupPoints.status, 'visible')))
      .groupBy(backupPoints.sourceKind, backupPoints.vaultId);
    const items = SourceKind.options.map((kind): RestoreKind => {
      const vaults = held
        .filter((row) => row.kind === kind)
        .map(({ vaultId, pointCount, newestAt }) => ({
          vaultId,
          pointCount,
          newestAt: newestAt?.toISOString() ?? null,
        }));
      if (restoreKinds[kind].target === 'disks')
        return { kind, vaults, isRestorable: false, ...madeFromBackup };
      const isRestorable = vaults.length > 0;
      return {
        kind,
        vaults,
        isRestorable,
        reason: isRestorable ? null : 'no_points',
        explanation: isRestorable ? null : 'No vault of this account holds a backup of this kind yet.',
      };
    });
    const { vmware } = unrestorableKinds;
    return { items: [...items, { kind: 'vmware' as const, vaults: [], isRestorable: false, ...vmware }] };
  },
});
