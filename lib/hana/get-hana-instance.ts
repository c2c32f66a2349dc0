import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { notFound } from '@/lib/errors';
import type { HanaLevel } from '@/lib/schemas';
import { hana } from '@/lib/sources/kinds/hana';
import { readVerb } from '@/lib/verb';
import { findLogGaps } from './log-chain';
import { GetHanaInstance, type HanaDatabase } from './schemas';

/** Names that are looked at for gaps; a database that writes more log between complete backups is told so. */
const maxLogNames = 5000;

/** The databases of an instance: those that it was registered with, and those that were backed up. */
export const getHanaInstance = readVerb({
  action: 'hana.get',
  permission: 'clients.read',
  input: GetHanaInstance,
  async run({ ctx, tx, input: { sourceId } }) {
    const { accountId } = ctx;
    const [source] = await tx.execute<{ config: unknown }>(sql`
      select config from data_sources where account_id = ${accountId} and id = ${sourceId} and kind = 'hana'`);
    if (!source) throw notFound('data source');
    const { sid, databases } = hana.config.parse(source.config);
    const levels = await listLevels(tx, accountId, sourceId);
    const users = new Set([...databases.map((name) => `${name}@${sid}`), ...levels.map(({ user }) => user)]);
    const found: HanaDatabase[] = [];
    for (const user of [...users].sort())
      found.push(await describeDatabase(tx, { accountId, sourceId, user }, levels));
    return { databases: found };
  },
});

interface LevelRow extends Record<string, unknown> {
  user: string;
  level: HanaLevel;
  newest_at: string;
  points: number;
  bytes: number;
}

const own = (accountId: string, sourceId: string) => sql`
  p.account_id = ${accountId} and p.source_id = ${sourceId} and p.status = 'visible' and p.hana is not null
    and p.origin_account_id = p.account_id and p.id = p.origin_point_id`;
const iso = (column: ReturnType<typeof sql>) =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

async function listLevels(tx: Tx, accountId: string, sourceId: string): Promise<LevelRow[]> {
  const rows = await tx.execute<LevelRow>(sql`
    select p.hana ->> 'user' as user, p.hana ->> 'level' as level, ${iso(sql`max(p.created_at)`)} as newest_at,
      count(*)::float8 as points, sum(p.source_bytes)::float8 as bytes
    from backup_points p where ${own(accountId, sourceId)} group by 1, 2 order by 1, 2`);
  return [...rows];
}

interface Scope {
  accountId: string;
  sourceId: string;
  user: string;
}

async function describeDatabase(tx: Tx, scope: Scope, levels: readonly LevelRow[]): Promise<HanaDatabase> {
  const newestComplete = await findNewestComplete(tx, scope);
  const names = await listLogNames(tx, scope, newestComplete?.at ?? null);
  const isLogKnown = names.length < maxLogNames;
  return {
    user: scope.user,
    name: scope.user.slice(0, scope.user.lastIndexOf('@')),
    levels: levels
      .filter(({ user }) => user === scope.user)
      .map(({ level, newest_at, points, bytes }) => ({
        ...{ level, newestAt: newest_at, pointCount: points, sourceBytes: bytes },
      })),
    newestCatalogAt: await findNewestCatalog(tx, scope),
    newestComplete,
    logGaps: isLogKnown ? findLogGaps(names) : [],
    isLogKnown,
  };
}

async function findNewestComplete(tx: Tx, { accountId, sourceId, user }: Scope) {
  const [row] = await tx.execute<{
    backup_id: string | null;
    at: string;
    objects: number;
    expected: number | null;
    bytes: number;
    point_id: string;
  }>(sql`
    select p.hana ->> 'backupId' as backup_id, ${iso(sql`max(p.created_at)`)} as at,
      sum(p.file_count)::float8 as objects, max((p.hana ->> 'objectCount')::integer) as expected,
      sum(p.source_bytes)::float8 as bytes, max(p.id) as point_id
    from backup_points p
    where ${own(accountId, sourceId)} and p.hana ->> 'user' = ${user} and p.hana ->> 'level' = 'COMPLETE'
    group by 1, coalesce(p.hana ->> 'backupId', p.id)
    order by max(p.created_at) desc limit 1`);
  if (!row) return null;
  return {
    ...{ backupId: row.backup_id, at: row.at, objectCount: row.objects, expectedCount: row.expected },
    ...{ sourceBytes: row.bytes, pointId: row.point_id },
  };
}

async function listLogNames(tx: Tx, { accountId, sourceId, user }: Scope, since: string | null) {
  const rows = await tx.execute<{ path: string }>(sql`
    select o.path from hana_objects o
    join backup_points p on p.account_id = o.account_id and p.id = o.point_id
    where ${own(accountId, sourceId)} and o.user_name = ${user} and p.hana ->> 'level' = 'LOG'
      and (${since}::timestamptz is null or o.saved_at >= ${since}::timestamptz)
    order by o.saved_at desc limit ${maxLogNames}`);
  return [...rows];
}

async function findNewestCatalog(tx: Tx, { accountId, sourceId, user }: Scope): Promise<string | null> {
  const [row] = await tx.execute<{ at: string | null }>(sql`
    select ${iso(sql`max(o.saved_at)`)} as at from hana_objects o
    join backup_points p on p.account_id = o.account_id and p.id = o.point_id
    where ${own(accountId, sourceId)} and o.user_name = ${user} and o.path like ${'%/log_backup_0_0_0_0%'}`);
  return row?.at ?? null;
}
