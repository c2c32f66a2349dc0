import { writeVerb } from '@/lib/verb';
import { getAccountState, getJobRow, getVaultWithKey, toJob } from './internal';
import { queueJob, requireAbsolutePaths, requireUsableClient } from './queue-job';
import { backupRefusal } from './rules';
import { StartBackup } from './schemas';

/**
 * Queues a backup of chosen folders of a host. A client that is offline takes it when it is back:
 * `client.isOnline` of the answer tells.
 */
export const startBackup = writeVerb({
  action: 'jobs.start_backup',
  permission: 'backup.run',
  input: StartBackup,
  async run({ ctx, tx, input: { clientId, vaultId, ...spec }, now, audit }) {
    const { vault, keyState } = await getVaultWithKey(tx, ctx.accountId, vaultId);
    const client = await requireUsableClient(tx, ctx.accountId, clientId);
    const refusal = backupRefusal(vault, keyState, await getAccountState(tx, ctx.accountId), {
      sourceKind: 'local_file',
      now,
    });
    if (refusal) throw refusal;
    requireAbsolutePaths(
      Object.fromEntries(spec.paths.map((path, index) => [`paths.${index}`, path])),
      client.platform,
    );
    const unique = { ...spec, paths: [...new Set(spec.paths)] };
    const plan = { kind: 'backup', clientId, vaultId, pointId: null, spec: unique } as const;
    const job = await queueJob(tx, ctx, plan, now);
    await audit({
      resourceKind: 'job',
      resourceId: job.id,
      resourceName: vault.name,
      after: {
        clientId,
        clientName: client.name,
        vaultId,
        paths: unique.paths,
        retentionDays: spec.retentionDays,
      },
    });
    return toJob(await getJobRow(tx, ctx.accountId, job.id), now);
  },
});
