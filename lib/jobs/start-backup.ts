import type { Tx } from '@/db/client';
import { CrossvaultError } from '@/lib/errors';
import type { SourceKind } from '@/lib/schemas';
import { ownBackupsRefusal, startsOwnBackups } from '@/lib/sources/schemas';
import { writeVerb } from '@/lib/verb';
import { diskBackupRefusal } from './disk-refusal';
import { getAccountState, getJobRow, getVaultWithKey, toJob } from './internal';
import { getSourceWithClient, type SourceRow } from './job-sources';
import { queueJob, requireAbsolutePaths, requireUsableClient } from './queue-job';
import { backupRefusal } from './rules';
import { type BackupSpec, StartBackup } from './schemas';

/**
 * Queues a backup of chosen folders of a host, or of a registered source. A client that is offline takes it when it is
 * back: `client.isOnline` of the answer tells.
 */
export const startBackup = writeVerb({
  action: 'jobs.start_backup',
  permission: 'backup.run',
  input: StartBackup,
  async run({ ctx, tx, input: { clientId, vaultId, ...given }, now, audit }) {
    const { vault, keyState } = await getVaultWithKey(tx, ctx.accountId, vaultId);
    const spec = { ...given, paths: [...new Set(given.paths)] };
    const from = await locate(tx, ctx.accountId, clientId, spec);
    const refusal = backupRefusal(vault, keyState, await getAccountState(tx, ctx.accountId), {
      sourceKind: from.sourceKind,
      now,
    });
    const ofDisks = from.source && (await diskBackupRefusal(tx, from.source, vault));
    if (refusal ?? ofDisks) throw refusal ?? ofDisks;
    const plan = { kind: 'backup', clientId: from.clientId, vaultId, pointId: null, spec } as const;
    const job = await queueJob(tx, ctx, plan, now);
    await audit({
      resourceKind: 'job',
      resourceId: job.id,
      resourceName: vault.name,
      after: {
        clientId: from.clientId,
        clientName: from.name,
        sourceId: spec.sourceId,
        vaultId,
        paths: spec.paths,
        retentionDays: spec.retentionDays,
      },
    });
    return toJob(await getJobRow(tx, ctx.accountId, job.id), now);
  },
});

/** Whose work it is. @throws `not_found`, `not_eligible` for a revoked client, `invalid_input` for paths that fit no such source. */
async function locate(
  tx: Tx,
  accountId: string,
  clientId: string | undefined,
  { sourceId, paths }: BackupSpec,
): Promise<{ clientId: string; name: string; sourceKind: SourceKind; source?: SourceRow }> {
  const named = Object.fromEntries(paths.map((path, index) => [`paths.${index}`, path]));
  if (sourceId) {
    const { source, client } = await getSourceWithClient(tx, accountId, sourceId);
    if (client.placement !== 'region') await requireUsableClient(tx, accountId, client.id);
    if (startsOwnBackups(source.kind)) {
      const { reason, message } = ownBackupsRefusal;
      throw new CrossvaultError('not_eligible', message, { reason, fields: { sourceId: message } });
    }
    requirePathsInside(named);
    return { clientId: client.id, name: source.name, sourceKind: source.kind, source };
  }
  const client = await requireUsableClient(tx, accountId, clientId ?? '');
  requireAbsolutePaths(named, client.platform);
  return { clientId: client.id, name: client.name, sourceKind: 'local_file' };
}

/** Paths inside a registered source begin at its own root. */
export function requirePathsInside(paths: Record<string, string>): void {
  const wrong = Object.entries(paths).filter(([, path]) => !path.startsWith('/') || path.includes('\0'));
  if (wrong.length === 0) return;
  throw new CrossvaultError('invalid_input', 'Some paths do not begin at the root. Nothing was changed.', {
    fields: Object.fromEntries(
      wrong.map(([field]) => [field, 'Begin with a slash: / is all of the data source.']),
    ),
  });
}
