import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { cutPage, keyset } from '@/db/keyset';
import { backupPoints, vaults } from '@/db/schema';
import { askEngine } from '@/lib/engine/gateway/internal-client';
import { readVerb, thenOutside } from '@/lib/verb';
import { FoundInPoint, type PointSearch, SearchPoints } from './schemas';

const pointsAtATime = 20;

const listSearched = readVerb({
  action: 'backup_points.search',
  permission: 'restore.run',
  input: SearchPoints,
  async run({ ctx, tx, input }) {
    const page = keyset(backupPoints.createdAt, backupPoints.id, 'desc', input.cursor);
    const rows = await tx
      .select({ point: backupPoints, vault: vaults, cursor: page.cursor })
      .from(backupPoints)
      .innerJoin(vaults, eq(vaults.id, backupPoints.vaultId))
      .where(
        and(
          eq(backupPoints.accountId, ctx.accountId),
          eq(backupPoints.status, 'visible'),
          input.sourceId ? eq(backupPoints.sourceId, input.sourceId) : undefined,
          input.vaultId ? eq(backupPoints.vaultId, input.vaultId) : undefined,
          page.after,
        ),
      )
      .orderBy(...page.orderBy)
      .limit(pointsAtATime + 1);
    return cutPage(rows, pointsAtATime);
  },
});

/**
 * Which backup points hold a path or a name, newest first, so many points at a time. The engine reads the trees; what it
 * did not come to is the next page.
 */
export const searchPoints = thenOutside(listSearched, async (ctx, { rows, nextCursor }, input) => {
  const { found } = await askEngine(
    { accountId: ctx.accountId, userId: ctx.actor.userId, op: 'search-points', pointId: null },
    { pointIds: rows.map(({ point }) => point.id), query: input.query },
    z.object({ found: z.array(FoundInPoint) }),
    ctx.clock.now(),
  );
  const looked = new Set(found.map(({ pointId }) => pointId));
  const lastLooked = rows.findLastIndex(({ point }) => looked.has(point.id));
  const last = rows[lastLooked];
  // Stopped at its bound before the end of the page: the next one goes on there.
  const stoppedAt = last && lastLooked < rows.length - 1 ? last.cursor : null;
  const items = found.flatMap(({ pointId, ...rest }): PointSearch['items'] => {
    const row = rows.find(({ point }) => point.id === pointId);
    if (!row || (rest.matchCount === 0 && !rest.isCut)) return [];
    const { point, vault } = row;
    return [
      {
        ...rest,
        point: {
          id: point.id,
          createdAt: point.createdAt.toISOString(),
          sourceName: point.sourceName,
          vault: { id: vault.id, name: vault.name, region: vault.region },
        },
      },
    ];
  });
  return {
    items,
    searchedCount: found.length,
    nextCursor: stoppedAt === null ? nextCursor : Buffer.from(stoppedAt).toString('base64url'),
  };
});
