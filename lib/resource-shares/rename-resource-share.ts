import { eq } from 'drizzle-orm';
import { resourceShares } from '@/db/schema';
import { violates } from '@/db/violations';
import { writeVerb } from '@/lib/verb';
import { lockShare } from './internal';
import { shareNameTaken } from './put-into-share';
import { RenameResourceShare } from './schemas';
import { toResourceShare } from './to-resource-share';

/** Gives a share another name; its principals see the new one. */
export const renameResourceShare = writeVerb({
  action: 'resource_shares.rename',
  permission: 'shares.manage',
  activity: 'manage',
  input: RenameResourceShare,
  async run({ ctx, tx, input, now, audit }) {
    const share = await lockShare(tx, ctx.accountId, input.id);
    try {
      await tx.update(resourceShares).set({ name: input.name }).where(eq(resourceShares.id, share.id));
    } catch (error) {
      throw violates(error, 'resource_share_names') ? shareNameTaken(input.name) : error;
    }
    await audit({
      resourceKind: 'resource_share',
      resourceId: share.id,
      resourceName: input.name,
      before: { name: share.name },
      after: { name: input.name },
    });
    return toResourceShare(tx, { ...share, name: input.name }, now);
  },
});
