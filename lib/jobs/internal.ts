import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { accounts, clients, dataSources, jobs, kmsKeys, vaults } from '@/db/schema';
import { isOnline } from '@/lib/clients';
import { invariant, notFound } from '@/lib/errors';
import { jobSecondsLeft } from './rules';
import { BackupSpec, type Job, JobReport, RestoreSpec, type RestoreTarget } from './schemas';

export type JobRow = typeof jobs.$inferSelect;
export type VaultRow = typeof vaults.$inferSelect;

/** A vault of the account with the state of its key, held until the transaction ends; null when there is none. */
export async function findVaultWithKey(tx: Tx, accountId: string, id: string) {
  const [vault] = await tx
    .select()
    .from(vaults)
    .where(and(eq(vaults.accountId, accountId), eq(vaults.id, id)))
    .for('share');
  if (!vault) return null;
  if (vault.kmsKeyId === null) return { vault, keyState: null };
  const [key] = await tx
    .select({ state: kmsKeys.state })
    .from(kmsKeys)
    .where(and(eq(kmsKeys.accountId, accountId), eq(kmsKeys.id, vault.kmsKeyId)));
  invariant(key, "a vault's key exists");
  return { vault, keyState: key.state };
}

export async function getVaultWithKey(tx: Tx, accountId: string, id: string) {
  const found = await findVaultWithKey(tx, accountId, id);
  if (!found) throw notFound('vault');
  return found;
}

export async function getAccountState(tx: Tx, accountId: string) {
  const [account] = await tx
    .select({ state: accounts.state })
    .from(accounts)
    .where(eq(accounts.accountId, accountId));
  invariant(account, 'an account that signed in exists');
  return account.state;
}

export const jobColumns = {
  job: jobs,
  client: clients,
  vault: vaults,
  jobSource: { id: dataSources.id, name: dataSources.name, kind: dataSources.kind },
};
/** The registered source that a backup reads, or that a restore goes to. */
export const sourceIdOfJob = sql<
  string | null
>`coalesce(${jobs.spec} ->> 'sourceId', ${jobs.spec} -> 'destination' ->> 'sourceId')`;
export const isSourceOfJob = and(
  eq(dataSources.accountId, jobs.accountId),
  eq(dataSources.id, sourceIdOfJob),
);

/** Selects what `toJob` needs; add conditions, order and limit. */
export function selectJobs(tx: Tx) {
  return tx
    .select(jobColumns)
    .from(jobs)
    .innerJoin(clients, eq(clients.id, jobs.clientId))
    .leftJoin(vaults, and(eq(vaults.id, jobs.vaultId), eq(vaults.accountId, jobs.accountId)))
    .leftJoin(dataSources, isSourceOfJob);
}

export async function getJobRow(tx: Tx, accountId: string, id: string): Promise<JoinedJob> {
  const [row] = await selectJobs(tx).where(and(eq(jobs.accountId, accountId), eq(jobs.id, id)));
  if (!row) throw notFound('job');
  return row;
}

export type JoinedJob = Awaited<ReturnType<typeof selectJobs>>[number];

export function toJob({ job, client, vault, jobSource }: JoinedJob, now: Date): Job {
  const backup = job.kind === 'backup' ? BackupSpec.parse(job.spec) : null;
  const restore = job.kind === 'restore' ? RestoreSpec.parse(job.spec) : null;
  return {
    id: job.id,
    kind: job.kind,
    status: job.status,
    client: {
      id: client.id,
      name: client.name,
      isOnline: isOnline(client, now),
      isHost: client.placement !== 'region',
    },
    source: backup?.sourceId ? (jobSource ?? goneSource(backup.sourceId)) : null,
    vault: {
      id: job.vaultId,
      // A job outlives its vault; of its kind the id still tells a target.
      name: vault?.name ?? job.vaultId,
      kind: vault?.kind ?? (job.vaultId.startsWith('r-') ? 'replication_target' : 'standard'),
      region: vault?.region ?? '',
    },
    pointId: job.pointId,
    paths: backup?.paths ?? (restore && restore.selection.mode !== 'all' ? restore.selection.paths : []),
    destination: restore?.destination ?? null,
    destinationSource: toDestinationSource(restore?.destination, jobSource),
    sourceKind: restore?.sourceKind ?? null,
    conflictPolicy: restore?.conflictPolicy ?? null,
    isDryRun: restore?.isDryRun ?? false,
    progress: {
      bytesDone: job.bytesDone,
      bytesTotal: job.bytesTotal,
      itemsDone: job.itemsDone,
      itemsTotal: job.itemsTotal,
      transferredBytes: job.transferredBytes,
      rateBytesPerSecond: job.rateBytesPerSecond,
      secondsLeft: jobSecondsLeft(job),
      currentItem: job.currentItem,
    },
    error: job.errorCode ? { code: job.errorCode, message: job.errorMessage ?? '' } : null,
    report: job.report === null ? null : JobReport.parse(job.report),
    createdBy: job.createdBy,
    createdAt: job.createdAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
    heartbeatAt: job.heartbeatAt?.toISOString() ?? null,
    isCancelRequested: job.cancelRequestedAt !== null,
  };
}

/** A job outlives its source. */
function goneSource(id: string): NonNullable<Job['source']> {
  return { id, name: 'Removed data source', kind: null };
}

function toDestinationSource(destination: RestoreTarget | undefined, found: { name: string } | null) {
  if (!destination || !('sourceId' in destination) || !destination.sourceId) return null;
  return { id: destination.sourceId, name: found?.name ?? '' };
}
