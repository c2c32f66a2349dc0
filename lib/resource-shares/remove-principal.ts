import { notFound } from '@/lib/errors';
import { pauseReplications } from '@/lib/replication';
import { writeVerb } from '@/lib/verb';
import { endPrincipal } from './disassociate';
import { lockShare } from './internal';
import { parsePrincipal, RemovePrincipal } from './schemas';
import { toResourceShare } from './to-resource-share';

/** Ends one principal's access at once; its open invitation is cancelled and its replications stand still. */
export const removePrincipal = writeVerb({
  action: 'resource_shares.remove_principal',
  permission: 'shares.manage',
  activity: 'stop',
  input: RemovePrincipal,
  async run({ ctx, tx, input, now, audit }) {
    const principal = parsePrincipal(input);
    const share = await lockShare(tx, ctx.accountId, input.shareId);
    let isRemoved = false;
    const paused = await pauseReplications(
      tx,
      async (at) => {
        isRemoved = await endPrincipal(at, share, principal, now);
      },
      { accountId: ctx.accountId, why: `A principal was removed from the resource share ${share.name}.` },
    );
    if (!isRemoved) throw notFound('principal');
    await audit({
      resourceKind: 'resource_share',
      resourceId: share.id,
      resourceName: share.name,
      before: { principal },
      after: { pausedReplications: paused.map(({ id }) => id) },
    });
    return toResourceShare(tx, share, now);
  },
});
