import { and, count, eq, ilike, or, type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { cutPage, keyset } from '@/db/keyset';
import { backupPoints, vaults } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { getPointRow, toBackupPoint, toBackupPoints } from './internal';
import { GetBackupPoint, ListBackupPoints } from './schemas';

/** The account's visible points over all its vaults, newest capture first. */
export const listBackupPoints = readVerb({
  action: 'backup_points.list',
  permission: 'vaults.read',
  input: ListBackupPoints,
  async run({ ctx, tx, input, now }) {
    const matching = and(
      eq(backupPoints.accountId, ctx.accountId),
      eq(backupPoints.status, 'visible'),
      ...conditions(input),
    );
    const page = keyset(backupPoints.createdAt, backupPoints.id, 'desc', input.cursor);
    const found = await tx
      .select({ point: backupPoints, vault: vaults, cursor: page.cursor })
      .from(backupPoints)
      .innerJoin(vaults, eq(vaults.id, backupPoints.vaultId))
      .where(and(matching, page.after))
      .orderBy(...page.orderBy)
      .limit(input.limit + 1);
    const [counted] = await tx
      .select({ total: count() })
      .from(backupPoints)
      .innerJoin(vaults, eq(vaults.id, backupPoints.vaultId))
      .where(matching);
    const { rows, nextCursor } = cutPage(found, input.limit);
    return { items: await toBackupPoints(tx, rows, now), nextCursor, total: counted?.total ?? 0 };
  },
});

export const getBackupPoint = readVerb({
  action: 'backup_points.get',
  permission: 'vaults.read',
  input: GetBackupPoint,
  async run({ ctx, tx, input, now }) {
    return toBackupPoint(tx, await getPointRow(tx, ctx.accountId, input.id), now);
  },
});

function conditions(input: z.output<typeof ListBackupPoints>): (SQL | undefined)[] {
  const like = input.query && `%${input.query.replace(/[\\%_]/g, '\\$&')}%`;
  return [
    input.vaultId ? eq(backupPoints.vaultId, input.vaultId) : undefined,
    input.sourceId ? eq(backupPoints.sourceId, input.sourceId) : undefined,
    input.sourceKind ? eq(backupPoints.sourceKind, input.sourceKind) : undefined,
    input.tier ? eq(backupPoints.tier, input.tier) : undefined,
    input.region ? eq(vaults.region, input.region) : undefined,
    input.resourceGroupId ? eq(vaults.resourceGroupId, input.resourceGroupId) : undefined,
    like
      ? or(
          ilike(backupPoints.id, like),
          ilike(backupPoints.sourceName, like),
          ilike(vaults.name, like),
          sql`${backupPoints.paths}::text ilike ${like}`,
        )
      : undefined,
  ];
}
