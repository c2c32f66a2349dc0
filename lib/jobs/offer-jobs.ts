import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { backupPoints, clients, jobs } from '@/db/schema';
import { type ClientIdentity, credentialRefused, type EngineDoor } from '@/lib/clients';
import type { JobOffer, OfferedSource } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import { diskBackupRefusal } from './disk-refusal';
import { findVaultWithKey, getAccountState, type JobRow, type VaultRow } from './internal';
import { findJobSource, getSourceWithClient, kindOfBackup } from './job-sources';
import { notifyOfTrouble } from './notify-of-trouble';
import { whyBoundToProcess } from './process-bound';
import { backupRefusal, maxAttempts, maxRunningPerClient, reofferSeconds, restoreRefusal } from './rules';
import { BackupSpec, RestoreSpec } from './schemas';

export interface OfferedJobs {
  offers: JobOffer[];
  /** Jobs that the client still runs and shall stop. */
  cancelledJobs: string[];
}

/**
 * The work a client gets with a heartbeat. `runningJobs` are those it knows of. Queued jobs are claimed one by one;
 * a running job that the client does not know of, because it was restarted or the offer was lost on the way, is
 * offered again under a new attempt, and anything the old attempt still sends is refused.
 */
export function offerJobs(
  door: EngineDoor,
  identity: ClientIdentity,
  runningJobs: string[],
  { atMost = Number.POSITIVE_INFINITY, maxRunning = maxRunningPerClient } = {},
): Promise<OfferedJobs> {
  const now = door.clock.now();
  return inAccount(door.db, identity.accountId, async (tx) => {
    await lockClient(tx, identity);
    const open = await listOpenJobs(tx, identity);
    const running = open.filter((job) => job.status === 'running');
    const lost = running.filter((job) => !runningJobs.includes(job.id) && isForgotten(job, now));
    const offers: JobOffer[] = [];
    let busy = running.filter((job) => !lost.includes(job) && !whyBoundToProcess(job)).length;
    const queued = open.filter((job) => job.status === 'queued');
    const busySources = running.filter((job) => !lost.includes(job)).map(backedUpSource);
    for (const job of [...lost, ...queued]) {
      if (busy >= maxRunning || offers.length >= atMost) break;
      const source = backedUpSource(job);
      // One backup of a source at a time: the next compares with what this one makes.
      if (source && busySources.includes(source)) continue;
      const offer = await claimJob(tx, job, now);
      if (!offer) continue;
      offers.push(offer);
      busySources.push(source);
      busy += 1;
    }
    return { offers, cancelledJobs: findStopped(open, runningJobs) };
  });
}

/**
 * Ends what processes of this client left behind without a word, for a host whose daemon does not run. `runningJobs` are in
 * the hands of others that live.
 */
export async function endAbandonedJobs(
  tx: Tx,
  identity: ClientIdentity,
  runningJobs: string[],
  now: Date,
): Promise<void> {
  for (const job of await listOpenJobs(tx, identity)) {
    const isLost = job.status === 'running' && !runningJobs.includes(job.id) && isForgotten(job, now);
    const why = isLost ? whyBoundToProcess(job) : null;
    if (why) await endJob(tx, job, 'failed', new CrossvaultError('unavailable', why), now);
  }
}

function backedUpSource(job: JobRow): string | null {
  return (job.kind === 'backup' && BackupSpec.parse(job.spec).sourceId) || null;
}

/** One claim at a time for each client, so that two of its heartbeats never take the same job. */
async function lockClient(tx: Tx, { accountId, clientId }: ClientIdentity): Promise<void> {
  const [client] = await tx
    .select({ id: clients.id })
    .from(clients)
    .where(and(eq(clients.accountId, accountId), eq(clients.id, clientId), isNull(clients.revokedAt)))
    .for('no key update');
  if (!client) throw credentialRefused();
}

function listOpenJobs(tx: Tx, { accountId, clientId }: ClientIdentity): Promise<JobRow[]> {
  return tx
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.accountId, accountId),
        eq(jobs.clientId, clientId),
        inArray(jobs.status, ['queued', 'running']),
      ),
    )
    .orderBy(asc(jobs.createdAt), asc(jobs.id));
}

function isForgotten(job: JobRow, now: Date): boolean {
  return (job.heartbeatAt?.getTime() ?? 0) < now.getTime() - reofferSeconds * 1000;
}

/** What the client runs although it was cancelled, or although it has ended here. */
function findStopped(open: JobRow[], runningJobs: string[]): string[] {
  const wanted = open.filter((job) => job.status === 'running' && job.cancelRequestedAt === null);
  return runningJobs.filter((id) => !wanted.some((job) => job.id === id));
}

/** Starts the next attempt, or ends the job when it cannot be done any more; null when there is nothing to offer. */
async function claimJob(tx: Tx, job: JobRow, now: Date): Promise<JobOffer | null> {
  if (job.cancelRequestedAt) return endJob(tx, job, 'cancelled', null, now);
  if (job.attempt >= maxAttempts) {
    const why = `The client gave up ${maxAttempts} times without a word. Look at its log.`;
    return endJob(tx, job, 'failed', new CrossvaultError('unavailable', why), now);
  }
  const bound = whyBoundToProcess(job);
  if (bound) return endJob(tx, job, 'failed', new CrossvaultError('unavailable', bound), now);
  const found = await findVaultWithKey(tx, job.accountId, job.vaultId);
  const refusal = found
    ? await whyNot(tx, job, found, now)
    : new CrossvaultError('not_found', 'The vault was deleted before the job began.');
  if (refusal || !found) return endJob(tx, job, 'failed', refusal, now);
  const [claimed] = await tx
    .update(jobs)
    .set({
      status: 'running',
      attempt: job.attempt + 1,
      fence: sql`${jobs.fence} + 1`,
      startedAt: job.startedAt ?? now,
      heartbeatAt: now,
      bytesDone: 0,
      bytesTotal: null,
      itemsDone: 0,
      itemsTotal: null,
      transferredBytes: 0,
      rateBytesPerSecond: null,
      currentItem: null,
    })
    .where(and(eq(jobs.id, job.id), eq(jobs.status, job.status), eq(jobs.attempt, job.attempt)))
    .returning();
  return claimed ? toJobOffer(claimed, found.vault, await findJobSource(tx, claimed)) : null;
}

async function whyNot(
  tx: Tx,
  job: JobRow,
  { vault, keyState }: NonNullable<Awaited<ReturnType<typeof findVaultWithKey>>>,
  now: Date,
): Promise<CrossvaultError | null> {
  const gone = await findJobSource(tx, job).then(
    () => null,
    () => new CrossvaultError('not_found', 'The data source was removed before the job began.'),
  );
  if (gone) return gone;
  if (job.kind === 'backup') {
    const work = { sourceKind: await kindOfBackup(tx, job.accountId, BackupSpec.parse(job.spec)), now };
    const refusal = backupRefusal(vault, keyState, await getAccountState(tx, job.accountId), work);
    return refusal ?? (await whyNotTheseDisks(tx, job, vault));
  }
  const [point] = await tx
    .select()
    .from(backupPoints)
    .where(and(eq(backupPoints.accountId, job.accountId), eq(backupPoints.id, job.pointId ?? '')));
  if (!point)
    return new CrossvaultError('not_found', 'The backup point was deleted before the restore began.');
  return restoreRefusal(point, vault, keyState, now);
}

async function whyNotTheseDisks(tx: Tx, job: JobRow, vault: VaultRow): Promise<CrossvaultError | null> {
  const { sourceId } = BackupSpec.parse(job.spec);
  if (!sourceId) return null;
  const { source } = await getSourceWithClient(tx, job.accountId, sourceId);
  return diskBackupRefusal(tx, source, vault);
}

async function endJob(
  tx: Tx,
  job: JobRow,
  status: 'cancelled' | 'failed',
  error: CrossvaultError | null,
  now: Date,
): Promise<null> {
  await tx
    .update(jobs)
    .set({ status, errorCode: error?.code ?? null, errorMessage: error?.message ?? null, finishedAt: now })
    .where(and(eq(jobs.id, job.id), eq(jobs.status, job.status), eq(jobs.attempt, job.attempt)));
  if (status === 'failed') await notifyOfTrouble(tx, job, { outcome: 'failed', error }, now);
  return null;
}

export function toJobOffer(
  job: JobRow,
  vault: Pick<VaultRow, 'name'>,
  source: OfferedSource | null = null,
): JobOffer {
  const work =
    job.kind === 'backup'
      ? {
          kind: 'backup' as const,
          vaultId: job.vaultId,
          vaultName: vault.name,
          spec: BackupSpec.parse(job.spec),
          source,
        }
      : {
          kind: 'restore' as const,
          pointId: job.pointId ?? '',
          vaultName: vault.name,
          spec: toOfferedRestore(RestoreSpec.parse(job.spec)),
          source,
        };
  return { jobId: job.id, attempt: job.attempt, work };
}

const tooOldForDryRun = 'a dry run with a client that is too old for it';

function toOfferedRestore(spec: RestoreSpec) {
  const { destination, isDryRun } = spec;
  if (destination.kind !== 'host') return spec;
  // A client that does not know of dry runs would write: this path it refuses.
  return { ...spec, targetPath: isDryRun ? tooOldForDryRun : destination.targetPath };
}
