import { sql } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import { backupPoints } from '@/db/schema';
import type { PointFact, PointManifest } from '@/lib/engine/core';
import { nameToUuid } from '@/lib/engine/core/names';
import { CrossvaultError } from '@/lib/errors';
import { HanaDetails } from '@/lib/jobs/backint';
import { StreamDetails } from '@/lib/jobs/schemas';
import { SourceKind } from '@/lib/schemas';
import { isStreamSource } from '@/lib/sources/schemas';
import type { RebuiltSpace } from './rebuild-index';

const dayMs = 86_400_000;
/** What a manifest cannot say is filled with what shows that it is not known. */
const unknown = { clientId: 'unknown', sourceName: (host: string) => host || 'unknown' };
/** Of a manifest that does not name its source: of the kinds under that of its data, the usual one. */
const usualKinds = {
  files: 'local_file',
  disk: 'local_file',
  objects: 'oss',
  database: 'database_dump',
} as const;
const Kind = SourceKind.exclude(['disk', 'server']);
const never = new Date('9999-12-31T00:00:00Z');

/** @returns whether the point was not there. */
export async function insertPoint(
  db: Database,
  { accountId, vaultId }: { accountId: string; vaultId: string },
  manifest: PointManifest,
  facts: readonly PointFact[],
  spaces: readonly RebuiltSpace[],
): Promise<boolean> {
  const isArchived = facts.some(({ kind }) => kind === 'archived');
  const tier = isArchived ? 'archive' : 'standard';
  const space = spaces.find((one) => one.lineageId === manifest.lineageId && one.tier === tier);
  if (!space)
    throw new CrossvaultError('corrupt_data', `The lineage ${manifest.lineageId} is not in the vault.`);
  const retention = facts.findLast((fact) => fact.kind === 'retention');
  const expiresAt = (retention ? retention.expiresAt : manifest.expiresAt) ?? never;
  const days = Math.ceil((expiresAt.getTime() - manifest.finishedAt.getTime()) / dayMs);
  return inAccount(db, accountId, async (tx) => {
    const added = await tx
      .insert(backupPoints)
      .values({
        accountId,
        id: manifest.pointId,
        vaultId,
        sourceId: manifest.sourceId,
        ...sourceOf(manifest),
        clientId: unknown.clientId,
        originAccountId: accountId,
        originVaultId: manifest.origin?.vaultId ?? vaultId,
        originPointId: manifest.origin?.pointId ?? manifest.pointId,
        spaceNo: space.spaceNo,
        lineageId: manifest.lineageId,
        rootPage: nameToUuid(manifest.root.root),
        paths: manifest.paths,
        parentPointId: manifest.parentPointId,
        tier,
        sourceBytes: manifest.root.totals.bytes,
        addedBytes: manifest.stats.newBytes,
        fileCount: manifest.root.totals.files,
        folderCount: manifest.root.totals.dirs,
        skippedCount: manifest.stats.unreadable,
        retentionDays: Math.min(Math.max(days, 1), 364_635),
        expiresAt,
        startedAt: manifest.startedAt,
        createdAt: manifest.finishedAt,
      })
      .onConflictDoNothing()
      .returning({ id: backupPoints.id });
    if (added.length === 0) return false;
    await tx.execute(sql`
      with numbered as (update vaults set head = head + 1 where id = ${vaultId} returning head)
      insert into point_events (account_id, vault_id, seq, kind, point_id)
      select ${accountId}, ${vaultId}, head, 'committed', ${manifest.pointId} from numbered`);
    return true;
  });
}

/** A disk or a server needs more than a manifest says: its bytes are there as the files that they are. */
function sourceOf({ source, kind, host }: PointManifest) {
  const known = Kind.safeParse(source?.kind).data;
  if (!source || !known)
    return { sourceKind: usualKinds[kind], sourceName: source?.name ?? unknown.sourceName(host) };
  return {
    sourceKind: known,
    sourceName: source.name,
    excludes: source.excludes,
    streamDetails: isStreamSource(known) ? (StreamDetails.safeParse(source.stream).data ?? null) : null,
    hana: known === 'hana' ? (HanaDetails.safeParse(source.hana).data ?? null) : null,
  };
}
