import { and, eq } from 'drizzle-orm';
import { clients, jobs } from '@/db/schema';
import { isOnline } from '@/lib/clients';
import { CrossvaultError, invariant, notFound } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { getJobRow, toJob } from './internal';
import { CancelJob } from './schemas';

/**
 * Cancels a job: at once when no client is working on it, else as soon as its client has heard of it. What a
 * cancelled backup has sent makes no backup point; what a cancelled restore has written stays.
 */
export const cancelJob = writeVerb({
  action: 'jobs.cancel',
  permission: 'backup.run',
  activity: 'restore',
  input: CancelJob,
  async run({ ctx, tx, input, now, audit }) {
    const [job] = await tx
      .select()
      .from(jobs)
      .where(and(eq(jobs.accountId, ctx.accountId), eq(jobs.id, input.id)))
      .for('update');
    if (!job) throw notFound('job');
    if (job.status !== 'queued' && job.status !== 'running') {
      throw new CrossvaultError('state_conflict', `This job is ${job.status} already.`, {
        reason: 'job_ended',
      });
    }
    const [client] = await tx.select().from(clients).where(eq(clients.id, job.clientId));
    invariant(client, "a job's client exists");
    const isWorkedOn = job.status === 'running' && isOnline(client, now);
    await tx
      .update(jobs)
      .set(
        isWorkedOn
          ? { cancelRequestedAt: job.cancelRequestedAt ?? now }
          : { status: 'cancelled', cancelRequestedAt: job.cancelRequestedAt ?? now, finishedAt: now },
      )
      .where(eq(jobs.id, job.id));
    await audit({
      resourceKind: 'job',
      resourceId: job.id,
      before: { status: job.status },
      after: { status: isWorkedOn ? 'cancelling' : 'cancelled' },
    });
    return toJob(await getJobRow(tx, ctx.accountId, job.id), now);
  },
});
