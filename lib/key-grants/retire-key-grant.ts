import { and, eq, isNull, or } from 'drizzle-orm';
import { keyGrants } from '@/db/schema';
import { notFound } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { wakeTickerOf } from '@/lib/ticker';
import { writeVerb } from '@/lib/verb';
import { toKeyGrant } from './internal';
import { checkRetirable } from './rules';
import { RetireKeyGrant } from './schemas';

/** Ends a grant at once, from either side: a copy that needs the key stands still. What was copied before is not touched. */
export const retireKeyGrant = writeVerb({
  action: 'key_grants.retire',
  permission: 'keys.manage',
  activity: 'stop',
  input: RetireKeyGrant,
  async run({ ctx, tx, input, now, audit }) {
    const [grant] = await tx
      .select()
      .from(keyGrants)
      .where(
        and(
          eq(keyGrants.id, input.id),
          or(eq(keyGrants.accountId, ctx.accountId), eq(keyGrants.granteeAccountId, ctx.accountId)),
        ),
      );
    if (!grant) throw notFound('key grant');
    checkRetirable(grant);
    const isOwner = grant.accountId === ctx.accountId;
    const [retired] = await tx
      .update(keyGrants)
      .set({ retiredAt: now, retiredBy: isOwner ? 'owner' : 'grantee' })
      .where(and(eq(keyGrants.id, grant.id), isNull(keyGrants.retiredAt)))
      .returning();
    if (!retired) throw notFound('key grant');
    const other = isOwner ? grant.granteeAccountId : grant.accountId;
    await notifyAccount(tx, {
      accountId: other,
      linkId: grant.id,
      kind: 'share.key_grant_retired',
      severity: 'warning',
      title: isOwner
        ? `${grant.ownerName} no longer shares the key ${grant.keyAlias ?? grant.keyId}`
        : `${grant.granteeName} gave back the key ${grant.keyAlias ?? grant.keyId}`,
      body: 'Backups under it that are still to be copied stand still. What was copied before stays readable.',
      href: `/${defaultRegionId()}/keys${isOwner ? '?tab=received' : ''}`,
    });
    await wakeTickerOf(tx, grant.granteeAccountId);
    await audit({
      resourceKind: 'key',
      resourceId: grant.keyId,
      resourceName: grant.keyAlias ?? undefined,
      before: {
        grantId: grant.id,
        granteeAccountId: grant.granteeAccountId,
        projectId: grant.granteeProjectId,
      },
      after: { retiredBy: retired.retiredBy },
    });
    return toKeyGrant(retired, ctx.accountId);
  },
});
