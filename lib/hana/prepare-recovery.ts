import { and, eq, inArray, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { hanaObjects, hanaPreparedPoints } from '@/db/schema';
import type { EngineDoor } from '@/lib/clients';
import { type JobClaim, requireRunningJob } from '@/lib/engine/gateway/job-guard';
import type { PreparedRecovery } from '@/lib/engine/wire-backint';
import { CrossvaultError } from '@/lib/errors';
import { RestoreSpec } from '@/lib/jobs/schemas';
import { findRecovery } from './find-recovery';

/** HANA asks for its backups over days: logs, and once more when a first try failed. */
export const availableDays = 14;

/**
 * What a restore of SAP HANA does on our side: the points that the recovery needs can be found and read by the Backint
 * agent of the instance, hidden objects too. The rest only HANA can do. Repeatable; a dry run changes nothing.
 */
export function prepareRecovery(door: EngineDoor, claim: JobClaim): Promise<PreparedRecovery> {
  const { accountId, jobId } = claim;
  return inAccount(door.db, accountId, async (tx) => {
    const job = await requireRunningJob(tx, claim, { lock: true });
    const { destination, isDryRun } = RestoreSpec.parse(job.spec);
    if (destination.kind !== 'hana' || destination.pipes)
      throw new CrossvaultError('invalid_input', 'This job prepares no recovery of SAP HANA.');
    const { user, plan, statements } = await findRecovery(tx, accountId, job.pointId ?? '', destination);
    const expiresAt = new Date(door.clock.now().getTime() + availableDays * 86_400_000);
    if (!isDryRun) {
      const rows = plan.pointIds.map((pointId) => ({
        ...{ accountId, jobId, pointId, sourceId: destination.sourceId, expiresAt },
      }));
      for (let at = 0; at < rows.length; at += 1000)
        await tx
          .insert(hanaPreparedPoints)
          .values(rows.slice(at, at + 1000))
          .onConflictDoUpdate({
            target: [hanaPreparedPoints.accountId, hanaPreparedPoints.jobId, hanaPreparedPoints.pointId],
            set: { expiresAt: sql`excluded.expires_at` },
          });
      await tx
        .update(hanaObjects)
        .set({ hiddenAt: null })
        .where(and(eq(hanaObjects.accountId, accountId), inArray(hanaObjects.pointId, plan.pointIds)));
    }
    const { objectCount, bytes, warnings } = plan;
    const availableUntil = expiresAt.toISOString();
    return {
      user,
      pointCount: plan.pointIds.length,
      objectCount,
      bytes,
      availableUntil,
      statements,
      warnings,
    };
  });
}
