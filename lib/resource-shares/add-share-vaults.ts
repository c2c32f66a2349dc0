import { writeVerb } from '@/lib/verb';
import { listGrantees, tellNewcomers } from './associate';
import { getAccountName, lockShare, lockSharedVault } from './internal';
import { AddShareVaults } from './schemas';
import { associateVault } from './share-vaults';
import { toResourceShare } from './to-resource-share';

/** Puts up to five vaults into a share; whoever has accepted it sees them at once. */
export const addShareVaults = writeVerb({
  action: 'resource_shares.add_vaults',
  permission: 'shares.manage',
  input: AddShareVaults,
  async run({ ctx, tx, input, now, audit }) {
    const locked = [];
    // Vaults before the share, in one order: as the deletion of a vault takes them.
    for (const id of [...new Set(input.vaultIds)].sort()) {
      locked.push(await lockSharedVault(tx, ctx.accountId, id));
    }
    const share = await lockShare(tx, ctx.accountId, input.shareId);
    const before = await listGrantees(tx, share.id);
    for (const vault of locked) await associateVault(tx, share, vault, now);
    await tellNewcomers(tx, share, { ownerName: await getAccountName(tx, ctx.accountId), before });
    await audit({
      resourceKind: 'resource_share',
      resourceId: share.id,
      resourceName: share.name,
      after: { addedVaults: locked.map(({ id, name }) => ({ id, name })) },
    });
    return toResourceShare(tx, share, now);
  },
});
