import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { jobs } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import { requireAllowed } from '@/lib/verb';

export type JobRow = typeof jobs.$inferSelect;

export interface JobClaim {
  accountId: string;
  clientId: string;
  jobId: string;
  kind: 'backup' | 'restore';
  attempt: number;
}

/**
 * The job, if this client runs this attempt of it now. A client that was given up and replaced finds out here.
 * @throws `not_found` for another client's or account's job, `state_conflict`, `not_eligible` for a backup that the state
 * of the account does not allow any more.
 */
export async function requireRunningJob(
  tx: Tx,
  claim: JobClaim,
  options: { lock?: boolean } = {},
): Promise<JobRow> {
  const query = tx
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.accountId, claim.accountId),
        eq(jobs.id, claim.jobId),
        eq(jobs.clientId, claim.clientId),
        eq(jobs.kind, claim.kind),
      ),
    );
  const [job] = options.lock ? await query.for('update') : await query;
  if (!job) throw notFound('job');
  if (job.attempt !== claim.attempt) {
    throw new CrossvaultError('state_conflict', 'Another attempt of this job has taken over.', {
      reason: 'attempt_superseded',
    });
  }
  if (job.status !== 'running') {
    throw new CrossvaultError('state_conflict', `This job is not running: it is ${job.status}.`, {
      reason: 'job_not_running',
    });
  }
  // A backup ends with the state that forbids it; what it has sent is collected.
  if (claim.kind === 'backup') await requireAllowed(tx, claim.accountId, 'store');
  return job;
}
