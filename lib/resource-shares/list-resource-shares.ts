import { and, desc, eq, inArray } from 'drizzle-orm';
import { resourceShares, resourceShareVaults } from '@/db/schema';
import { notFound } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { toResourceShare, toResourceShares } from './internal';
import { GetResourceShare, ListResourceShares } from './schemas';

/** The shares that this account owns, newest first. */
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
            .where(eq(resourceShareVaults.vaultId, input.vaultId)),
        )
      : undefined;
    const rows = await tx
      .select()
      .from(resourceShares)
      .where(
        and(eq(resourceShares.accountId, ctx.accountId), eq(resourceShares.status, 'active'), holdsVault),
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
          eq(resourceShares.status, 'active'),
        ),
      );
    if (!row) throw notFound('resource share');
    return toResourceShare(tx, row, now);
  },
});
