import { notFound } from '@/lib/errors';
import { pauseReplications } from '@/lib/replication';
import { writeVerb } from '@/lib/verb';
import { endVault } from './disassociate';
import { lockShare } from './internal';
import { RemoveShareVault } from './schemas';
import { toResourceShare } from './to-resource-share';

/** Takes a vault out of a share; replications into it that rest on this share stand still. The vault stays. */
export const removeShareVault = writeVerb({
  action: 'resource_shares.remove_vault',
  permission: 'shares.manage',
  activity: 'stop',
  input: RemoveShareVault,
  async run({ ctx, tx, input, now, audit }) {
    const share = await lockShare(tx, ctx.accountId, input.shareId);
    let isRemoved = false;
    const paused = await pauseReplications(
      tx,
      async (at) => {
        isRemoved = await endVault(at, share, input.vaultId, now);
      },
      { accountId: ctx.accountId, why: `The vault was taken out of the resource share ${share.name}.` },
    );
    if (!isRemoved) throw notFound('vault');
    await audit({
      resourceKind: 'resource_share',
      resourceId: share.id,
      resourceName: share.name,
      before: { vaultId: input.vaultId },
      after: { pausedReplications: paused.map(({ id }) => id) },
    });
    return toResourceShare(tx, share, now);
  },
});
