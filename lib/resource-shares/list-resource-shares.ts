import { and, desc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm';
import { resourceShareKeys, resourceShares, resourceShareVaults } from '@/db/schema';
import { notFound } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { endedHours, GetResourceShare, ListResourceShares } from './schemas';
import { toResourceShare, toResourceShares } from './to-resource-share';

/** The shares that this account owns, newest first; with `ended` those that it deleted in the last days. */
export const listResourceShares = readVerb({
  action: 'resource_shares.list',
  permission: 'shares.read',
  input: ListResourceShares,
  async run({ ctx, tx, input, now }) {
    const holdsVault = input.vaultId
      ? inArray(
          resourceShares.id,
          tx
            .select({ id: resourceShareVaults.shareId })
            .from(resourceShareVaults)
            .where(
              and(
                eq(resourceShareVaults.vaultId, input.vaultId),
                isNull(resourceShareVaults.disassociatedAt),
              ),
            ),
        )
      : undefined;
    const { shareId, keyId, disassociatedAt } = resourceShareKeys;
    const holdsKey = input.keyId
      ? inArray(
          resourceShares.id,
          tx
            .select({ id: shareId })
            .from(resourceShareKeys)
            .where(and(eq(keyId, input.keyId), isNull(disassociatedAt))),
        )
      : undefined;
    const groupId = input.resourceGroupId;
    const holdsVaultOfGroup = groupId
      ? sql`exists (select 1 from resource_share_vaults s join vaults v on v.id = s.vault_id
          where s.share_id = ${resourceShares.id} and s.disassociated_at is null and v.resource_group_id = ${groupId})`
      : undefined;
    const rows = await tx
      .select()
      .from(resourceShares)
      .where(
        and(
          eq(resourceShares.accountId, ctx.accountId),
          input.state === 'active' ? eq(resourceShares.status, 'active') : recentlyEnded(now),
          holdsVault,
          holdsKey,
          holdsVaultOfGroup,
        ),
      )
      .orderBy(desc(resourceShares.createdAt), desc(resourceShares.id));
    return { items: await toResourceShares(tx, ctx.accountId, rows, now) };
  },
});

export const getResourceShare = readVerb({
  action: 'resource_shares.get',
  permission: 'shares.read',
  input: GetResourceShare,
  async run({ ctx, tx, input, now }) {
    const [row] = await tx
      .select()
      .from(resourceShares)
      .where(
        and(
          eq(resourceShares.accountId, ctx.accountId),
          eq(resourceShares.id, input.id),
          or(eq(resourceShares.status, 'active'), recentlyEnded(now)),
        ),
      );
    if (!row) throw notFound('resource share');
    return toResourceShare(tx, row, now);
  },
});

const recentlyEnded = (now: Date) =>
  gt(resourceShares.deletedAt, new Date(now.getTime() - endedHours * 3_600_000));
