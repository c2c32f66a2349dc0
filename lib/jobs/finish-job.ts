import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { inAccount, type Tx } from '@/db/client';
import { backupPoints, jobs } from '@/db/schema';
import type { ClientIdentity, EngineDoor } from '@/lib/clients';
import type { FinishRequest } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import type { JobRow } from './internal';
import { notifyOfTrouble } from './notify-of-trouble';
import { isRunning, whyNotRunning } from './record-progress';

type Finish = z.output<typeof FinishRequest>;

/**
 * Ends a job with what its client reports. Repeating the same report changes nothing and succeeds. A backup is only
 * complete or partial when its point was committed; otherwise, and for a late attempt, throws `state_conflict`.
 */
export function finishJob(
  door: EngineDoor,
  identity: ClientIdentity,
  jobId: string,
  finish: Finish,
): Promise<void> {
  const running = { ...identity, jobId, attempt: finish.attempt };
  const now = door.clock.now();
  return inAccount(door.db, identity.accountId, async (tx) => {
    const [job] = await tx.select().from(jobs).where(isRunning(running)).for('no key update');
    if (!job) {
      if (await hasEndedSo(tx, identity, jobId, finish)) return;
      throw await whyNotRunning(tx, running);
    }
    const hasPoint = await hasBackupPoint(tx, job);
    const isSuccess = finish.outcome === 'complete' || finish.outcome === 'partial';
    if (job.kind === 'backup' && isSuccess && !hasPoint) {
      throw new CrossvaultError(
        'state_conflict',
        'This backup has not been committed: it has no backup point.',
        {
          reason: 'no_backup_point',
        },
      );
    }
    await tx
      .update(jobs)
      .set({
        status: finish.outcome,
        errorCode: finish.error?.code ?? null,
        errorMessage: finish.error?.message ?? null,
        report: finish.report,
        rateBytesPerSecond: null,
        currentItem: null,
        pointId: hasPoint ? job.pointId : null,
        heartbeatAt: now,
        finishedAt: now,
      })
      .where(eq(jobs.id, job.id));
    const { outcome, error } = finish;
    if (outcome === 'failed' || outcome === 'partial') {
      const skippedCount = finish.report?.skippedCount;
      await notifyOfTrouble(tx, job, { outcome, error, skippedCount }, now);
    }
  });
}

async function hasEndedSo(
  tx: Tx,
  { accountId, clientId }: ClientIdentity,
  jobId: string,
  finish: Finish,
): Promise<boolean> {
  const [job] = await tx
    .select()
    .from(jobs)
    .where(and(eq(jobs.accountId, accountId), eq(jobs.clientId, clientId), eq(jobs.id, jobId)));
  return job?.status === finish.outcome && job.attempt === finish.attempt;
}

/** A backup's point id is reserved before there is a point; a restore's point may have been deleted since. */
async function hasBackupPoint(tx: Tx, job: JobRow): Promise<boolean> {
  if (job.pointId === null) return false;
  if (job.kind === 'restore') return true;
  const [point] = await tx
    .select({ id: backupPoints.id })
    .from(backupPoints)
    .where(and(eq(backupPoints.accountId, job.accountId), eq(backupPoints.id, job.pointId)));
  return point !== undefined;
}
