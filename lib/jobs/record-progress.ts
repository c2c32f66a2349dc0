import { and, eq, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { jobs } from '@/db/schema';
import type { ClientIdentity, EngineDoor } from '@/lib/clients';
import type { ProgressRequest } from '@/lib/engine/wire';
import { notFound } from '@/lib/errors';
import { lateAttempt } from './rules';

export interface RunningJob extends ClientIdentity {
  jobId: string;
  attempt: number;
}

/**
 * Notes how far an attempt has come. Counters only grow within an attempt, whatever order reports arrive in. Throws
 * `not_found` for another client's job, `state_conflict` for an attempt that was taken over or a job that has ended.
 */
export function recordProgress(
  door: EngineDoor,
  identity: ClientIdentity,
  jobId: string,
  progress: ProgressRequest,
): Promise<{ isCancelRequested: boolean }> {
  const running = { ...identity, jobId, attempt: progress.attempt };
  return inAccount(door.db, identity.accountId, async (tx) => {
    const [job] = await tx
      .update(jobs)
      .set({
        bytesDone: sql`greatest(${jobs.bytesDone}, ${progress.bytesDone}::bigint)`,
        bytesTotal: atLeastZero(progress.bytesTotal),
        itemsDone: sql`greatest(${jobs.itemsDone}, ${progress.itemsDone}::bigint)`,
        itemsTotal: atLeastZero(progress.itemsTotal),
        transferredBytes: sql`greatest(${jobs.transferredBytes}, ${progress.transferredBytes}::bigint)`,
        rateBytesPerSecond: atLeastZero(progress.rateBytesPerSecond),
        currentItem: progress.currentItem?.replaceAll('\0', '\uFFFD') ?? null,
        heartbeatAt: door.clock.now(),
      })
      .where(isRunning(running))
      .returning();
    if (!job) throw await whyNotRunning(tx, running);
    return { isCancelRequested: job.cancelRequestedAt !== null };
  });
}

export function isRunning({ accountId, clientId, jobId, attempt }: RunningJob) {
  return and(
    eq(jobs.accountId, accountId),
    eq(jobs.clientId, clientId),
    eq(jobs.id, jobId),
    eq(jobs.status, 'running'),
    eq(jobs.attempt, attempt),
  );
}

export async function whyNotRunning(tx: Tx, { accountId, clientId, jobId, attempt }: RunningJob) {
  const [job] = await tx
    .select()
    .from(jobs)
    .where(and(eq(jobs.accountId, accountId), eq(jobs.clientId, clientId), eq(jobs.id, jobId)));
  return job ? lateAttempt(job, attempt) : notFound('job');
}

function atLeastZero(value: number | null): number | null {
  return value === null ? null : Math.max(0, value);
}
