import { and, asc, count, desc, eq, ne } from 'drizzle-orm';
import { backupPoints, clients, dataSources, vaults } from '@/db/schema';
import { clientStatus } from '@/lib/clients';
import { readVerb } from '@/lib/verb';
import { type DataSource, ListDataSources } from './schemas';

/** Every data source of the account, also those without a backup. Copies in replication target vaults do not count. */
export const listDataSources = readVerb({
  action: 'sources.list',
  permission: 'clients.read',
  input: ListDataSources,
  async run({ ctx, tx, now }) {
    const sources = await tx
      .select({ source: dataSources, client: clients })
      .from(dataSources)
      .innerJoin(clients, eq(clients.id, dataSources.clientId))
      .where(eq(dataSources.accountId, ctx.accountId))
      .orderBy(asc(dataSources.name), asc(dataSources.id));
    const own = and(
      eq(backupPoints.accountId, ctx.accountId),
      eq(backupPoints.status, 'visible'),
      ne(vaults.kind, 'replication_target'),
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
    const items = sources.map(({ source, client }): DataSource => {
      const found = newestOf.get(source.id);
      return {
        id: source.id,
        kind: source.kind,
        name: source.name,
        client: {
          id: client.id,
          name: client.name,
          status: clientStatus(client, now),
          region: client.region,
        },
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
    return { items };
  },
});
