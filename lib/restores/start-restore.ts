import { getPointRow } from '@/lib/backup-points';
import { requireRecovery } from '@/lib/hana';
import { getJobRow, getVaultWithKey, queueJob, restoreRefusal, toJob } from '@/lib/jobs';
import { writeVerb } from '@/lib/verb';
import { requireDestination } from './find-destination';
import { StartRestore } from './schemas';

/**
 * Queues a restore of a point to a destination of this account. Needs nothing of the account that the data came from: not
 * its vault, its key or its good standing. The state of this account does not matter either.
 */
export const startRestore = writeVerb({
  action: 'restores.start',
  permission: 'restore.run',
  input: StartRestore,
  async run({ ctx, tx, input: { pointId, clientId, ...wanted }, now, audit }) {
    const { point } = await getPointRow(tx, ctx.accountId, pointId);
    const { vault, keyState } = await getVaultWithKey(tx, ctx.accountId, point.vaultId);
    const refusal = restoreRefusal(point, vault, keyState, now);
    if (refusal) throw refusal;
    const { client, sourceName, target } = await requireDestination(
      tx,
      ctx.accountId,
      { clientId, destination: wanted.destination },
      { kind: point.sourceKind, region: vault.region },
    );
    if (target.kind === 'hana') await requireRecovery(tx, ctx.accountId, pointId, target);
    const spec = { ...wanted, destination: target, sourceKind: point.sourceKind };
    const plan = { kind: 'restore', clientId: client.id, vaultId: vault.id, pointId, spec } as const;
    const job = await queueJob(tx, ctx, plan, now);
    await audit({
      resourceKind: 'job',
      resourceId: job.id,
      resourceName: vault.name,
      after: {
        pointId,
        vaultId: vault.id,
        clientId: client.id,
        clientName: client.name,
        sourceName,
        destination: target,
        conflictPolicy: spec.conflictPolicy,
        selection: spec.selection.mode,
      },
    });
    return toJob(await getJobRow(tx, ctx.accountId, job.id), now);
  },
});
