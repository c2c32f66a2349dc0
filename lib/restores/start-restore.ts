import { getPointRow } from '@/lib/backup-points';
import { requireClient } from '@/lib/clients';
import { CrossvaultError } from '@/lib/errors';
import {
  getJobRow,
  getVaultWithKey,
  queueJob,
  requireAbsolutePaths,
  restoreRefusal,
  toJob,
} from '@/lib/jobs';
import { writeVerb } from '@/lib/verb';
import { evaluateDestination } from './rules';
import { StartRestore } from './schemas';

/**
 * Queues a restore of a point to a host of this account. Needs nothing of the account that the data came from: not
 * its vault, its key or its good standing. The state of this account does not matter either.
 */
export const startRestore = writeVerb({
  action: 'restores.start',
  permission: 'restore.run',
  input: StartRestore,
  async run({ ctx, tx, input: { pointId, clientId, ...spec }, now, audit }) {
    const { point } = await getPointRow(tx, ctx.accountId, pointId);
    const { vault, keyState } = await getVaultWithKey(tx, ctx.accountId, point.vaultId);
    const refusal = restoreRefusal(point, vault, keyState, now);
    if (refusal) throw refusal;
    const client = await requireClient(tx, ctx.accountId, clientId);
    const verdict = evaluateDestination(client, vault.region);
    if (!verdict.eligible) {
      const why = verdict.explanation ?? '';
      throw new CrossvaultError('not_eligible', why, {
        reason: verdict.reason ?? undefined,
        fields: { clientId: why },
      });
    }
    requireAbsolutePaths({ targetPath: spec.targetPath }, client.platform);
    const job = await queueJob(tx, ctx, { kind: 'restore', clientId, vaultId: vault.id, pointId, spec }, now);
    await audit({
      resourceKind: 'job',
      resourceId: job.id,
      resourceName: vault.name,
      after: {
        pointId,
        vaultId: vault.id,
        clientId,
        clientName: client.name,
        targetPath: spec.targetPath,
        conflictPolicy: spec.conflictPolicy,
        selection: spec.selection.mode,
      },
    });
    return toJob(await getJobRow(tx, ctx.accountId, job.id), now);
  },
});
