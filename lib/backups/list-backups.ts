import { and, count, eq, ilike, inArray, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { cutPage, keyset } from '@/db/keyset';
import { backupPoints, vaults } from '@/db/schema';
import { notFound } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { type JoinedPoint, toBackups } from './internal';
import { type Backup, type BackupState, GetBackup, ListBackups } from './schemas';

const isBackup = inArray(backupPoints.sourceKind, ['server', 'disk']);

/** Backups of servers and disks, made by this account or shared with it, newest capture first. */
export const listBackups = readVerb({
  action: 'backups.list',
  permission: 'vaults.read',
  input: ListBackups,
  async run({ ctx, tx, input, now }) {
    const matching = and(eq(backupPoints.accountId, ctx.accountId), isBackup, ...conditions(input));
    const page = keyset(backupPoints.createdAt, backupPoints.id, 'desc', input.cursor);
    const found = await select(tx, page.cursor)
      .where(and(matching, page.after))
      .orderBy(...page.orderBy)
      .limit(input.limit + 1);
    const [counted] = await tx
      .select({ total: count() })
      .from(backupPoints)
      .innerJoin(vaults, eq(vaults.id, backupPoints.vaultId))
      .where(matching);
    const { rows, nextCursor } = cutPage(found, input.limit);
    return {
      items: await toBackups(tx, ctx.accountId, rows, now),
      nextCursor,
      total: counted?.total ?? 0,
    };
  },
});

export const getBackup = readVerb({
  action: 'backups.get',
  permission: 'vaults.read',
  input: GetBackup,
  async run({ ctx, tx, input, now }): Promise<Backup> {
    const rows: JoinedPoint[] = await select(tx, sql<string>`''`).where(
      and(eq(backupPoints.accountId, ctx.accountId), eq(backupPoints.id, input.id), isBackup),
    );
    const [backup] = await toBackups(tx, ctx.accountId, rows, now);
    if (!backup) throw notFound('backup');
    return backup;
  },
});

function select(tx: Tx, cursor: SQL<string>) {
  return tx
    .select({ point: backupPoints, vault: vaults, cursor })
    .from(backupPoints)
    .innerJoin(vaults, eq(vaults.id, backupPoints.vaultId))
    .$dynamic();
}

const isRestoring = sql`exists (select 1 from jobs j where j.account_id = ${backupPoints.accountId}
  and j.point_id = ${backupPoints.id} and j.kind = 'restore' and j.status in ('queued', 'running'))`;
const states: Record<BackupState, SQL | undefined> = {
  available: and(eq(backupPoints.status, 'visible'), sql`not ${isRestoring}`),
  restoring: and(eq(backupPoints.status, 'visible'), isRestoring),
  deleting: eq(backupPoints.status, 'deleting'),
};

function conditions(input: z.output<typeof ListBackups>): (SQL | undefined)[] {
  const like = input.query && `%${input.query.replace(/[\\%_]/g, '\\$&')}%`;
  return [
    input.region ? eq(vaults.region, input.region) : undefined,
    input.kind ? eq(backupPoints.sourceKind, input.kind) : undefined,
    input.vaultId ? eq(backupPoints.vaultId, input.vaultId) : undefined,
    input.state ? states[input.state] : undefined,
    input.own === 'own' ? isNull(backupPoints.shareId) : undefined,
    input.own === 'shared' ? isNotNull(backupPoints.shareId) : undefined,
    like
      ? or(
          ilike(backupPoints.id, like),
          ilike(backupPoints.backupName, like),
          sql`${backupPoints.resource} ->> 'name' ilike ${like}`,
          sql`${backupPoints.resource} ->> 'id' ilike ${like}`,
          ilike(vaults.name, like),
        )
      : undefined,
  ];
}
