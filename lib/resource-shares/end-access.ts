import type { Tx } from '@/db/client';
import { tellingKeyLoss } from '@/lib/backup-shares';
import { notFound } from '@/lib/errors';
import { pauseReplications } from '@/lib/replication';
import type { WriteArgs } from '@/lib/verb';
import { lockShare, type ShareRow } from './internal';
import type { ResourceShare } from './schemas';
import { toResourceShare } from './to-resource-share';

/** Makes a change that ends access, and tells both sides of every replication and shared backup that it stops. */
export function endAccess(
  tx: Tx,
  change: (tx: Tx) => Promise<unknown>,
  cause: { accountId: string; why: string },
) {
  return pauseReplications(tx, tellingKeyLoss(change, cause), cause);
}

interface Removal {
  /** What is taken out, for the answer when it is not in the share. */
  noun: 'principal' | 'vault' | 'key';
  why(share: ShareRow): string;
  /** @returns whether it was in the share. */
  end(tx: Tx, share: ShareRow): Promise<boolean>;
  before: Record<string, unknown>;
}

/** Takes one thing or one principal out of a share; access that rests on it ends at once. */
export async function removeFromShare(
  { ctx, tx, input, now, audit }: WriteArgs<{ shareId: string }>,
  { noun, why, end, before }: Removal,
): Promise<ResourceShare> {
  const share = await lockShare(tx, ctx.accountId, input.shareId);
  let isRemoved = false;
  const paused = await endAccess(
    tx,
    async (at) => {
      isRemoved = await end(at, share);
    },
    { accountId: ctx.accountId, why: why(share) },
  );
  if (!isRemoved) throw notFound(noun);
  await audit({
    resourceKind: 'resource_share',
    resourceId: share.id,
    resourceName: share.name,
    before,
    after: { pausedReplications: paused.map(({ id }) => id) },
  });
  return toResourceShare(tx, share, now);
}
