import { and, asc, count, desc, eq, ne, type SQL } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupPoints, clients, dataSources, vaults } from '@/db/schema';
import { clientStatus } from '@/lib/clients';
import { notFound } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { type DataSource, GetDataSource, ListDataSources, SourceConfig } from './schemas';

/** Every data source of the account, also those without a backup. Copies in replication target vaults do not count. */
export const listDataSources = readVerb({
  action: 'sources.list',
  permission: 'sources.read',
  input: ListDataSources,
  run: async ({ ctx, tx, now }) => ({ items: await findDataSources(tx, ctx.accountId, now) }),
});

export const getDataSource = readVerb({
  action: 'sources.get',
  permission: 'sources.read',
  input: GetDataSource,
  run: ({ ctx, tx, input, now }) => getDataSourceDto(tx, ctx.accountId, input.id, now),
});

/** @throws `not_found`. */
export async function getDataSourceDto(
  tx: Tx,
  accountId: string,
  id: string,
  now: Date,
): Promise<DataSource> {
  const [source] = await findDataSources(tx, accountId, now, id);
  if (!source) throw notFound('data source');
  return source;
}

async function findDataSources(tx: Tx, accountId: string, now: Date, id?: string): Promise<DataSource[]> {
  const only = (column: typeof dataSources.id | typeof backupPoints.sourceId): SQL | undefined =>
    id === undefined ? undefined : eq(column, id);
  const sources = await tx
    .select({ source: dataSources, client: clients })
    .from(dataSources)
    .innerJoin(clients, eq(clients.id, dataSources.clientId))
    .where(and(eq(dataSources.accountId, accountId), only(dataSources.id)))
    .orderBy(asc(dataSources.name), asc(dataSources.id));
  const own = and(
    eq(backupPoints.accountId, accountId),
    eq(backupPoints.status, 'visible'),
    ne(vaults.kind, 'replication_target'),
    only(backupPoints.sourceId),
  );
  const newest = await tx
    .selectDistinctOn([backupPoints.sourceId], { point: backupPoints, vault: vaults })
    .from(backupPoints)
    .innerJoin(vaults, eq(vaults.id, backupPoints.vaultId))
    .where(own)
    .orderBy(backupPoints.sourceId, desc(backupPoints.createdAt), desc(backupPoints.id));
  const counts = await tx
    .select({ sourceId: backupPoints.sourceId, points: count() })
    .from(backupPoints)
    .innerJoin(vaults, eq(vaults.id, backupPoints.vaultId))
    .where(own)
    .groupBy(backupPoints.sourceId);
  const newestOf = new Map(newest.map((row) => [row.point.sourceId, row]));
  const countOf = new Map(counts.map((row) => [row.sourceId, row.points]));
  return sources.map(({ source, client }): DataSource => {
    const found = newestOf.get(source.id);
    return {
      ...describeSource(source, client, now),
      pointCount: countOf.get(source.id) ?? 0,
      newestPoint: found
        ? {
            id: found.point.id,
            createdAt: found.point.createdAt.toISOString(),
            sourceBytes: found.point.sourceBytes,
            fileCount: found.point.fileCount,
            paths: found.point.paths,
            vault: { id: found.vault.id, name: found.vault.name, region: found.vault.region },
          }
        : null,
    };
  });
}

function describeSource(
  source: typeof dataSources.$inferSelect,
  client: typeof clients.$inferSelect,
  now: Date,
): Omit<DataSource, 'pointCount' | 'newestPoint'> {
  const config = SourceConfig.safeParse(source.config);
  return {
    id: source.id,
    kind: source.kind,
    name: source.name,
    region: source.region,
    client: {
      id: client.id,
      name: client.name,
      status: clientStatus(client, now),
      region: client.region,
      isHost: client.placement !== 'region',
    },
    config: config.success ? config.data : null,
    check: {
      state: source.checkState,
      at: source.checkedAt?.toISOString() ?? null,
      message: source.checkMessage,
      facts: source.checkFacts,
    },
    createdAt: source.createdAt.toISOString(),
    createdBy: source.createdBy,
  };
}
