import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { backupPoints, jobs } from '@/db/schema';
import type { MakingProgress } from './schemas';

type JobRow = typeof jobs.$inferSelect;

/** Restores under way, by the server, the image or the disk that they make or fill. */
export async function findRestoresInto(tx: Tx, ids: readonly string[]): Promise<Map<string, JobRow>> {
  const found = new Map<string, JobRow>();
  if (ids.length === 0) return found;
  const open = await tx
    .select()
    .from(jobs)
    .where(
      and(
        inArray(jobs.status, ['queued', 'running']),
        sql`${jobs.spec} -> 'destination' ->> 'kind' = 'disks'`,
      ),
    );
  const wanted = new Set(ids);
  for (const job of open) {
    const { destination } = job.spec as {
      destination: { resourceId: string; disks: { diskId: string }[] };
    };
    for (const id of [destination.resourceId, ...destination.disks.map(({ diskId }) => diskId)])
      if (wanted.has(id)) found.set(id, job);
  }
  return found;
}

export function progressOfRestore({ id, ...job }: JobRow): MakingProgress {
  const { bytesDone, bytesTotal, rateBytesPerSecond } = job;
  return { bytesDone, bytesTotal, rateBytesPerSecond, jobId: id };
}

/** When each of these sources was backed up last. */
export async function findNewestBackups(
  tx: Tx,
  sourceIds: readonly (string | null)[],
): Promise<Map<string, Date>> {
  const ids = sourceIds.filter((id): id is string => id !== null);
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectDistinctOn([backupPoints.sourceId], { id: backupPoints.sourceId, at: backupPoints.createdAt })
    .from(backupPoints)
    .where(and(inArray(backupPoints.sourceId, ids), eq(backupPoints.status, 'visible')))
    .orderBy(backupPoints.sourceId, desc(backupPoints.createdAt));
  return new Map(rows.map(({ id, at }) => [id, at]));
}
