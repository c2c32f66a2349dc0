import { createHash } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { inAccount, type Tx } from '@/db/client';
import {
  backupPoints,
  chunks,
  clients,
  dataSources,
  jobs,
  packs,
  policyRuns,
  replications,
  vaults,
} from '@/db/schema';
import { archiveAfterRefusal } from '@/lib/backup-points';
import type { Context } from '@/lib/context';
import { describeBlockBackup } from '@/lib/disks';
import { nameFromHex, nameToHex, nameToUuid } from '@/lib/engine/core/names';
import type { PointManifest, PointSource } from '@/lib/engine/core/point';
import { putPoint } from '@/lib/engine/core/point-store';
import type { TreeTotals } from '@/lib/engine/core/tree/entry';
import { CrossvaultError, notFound } from '@/lib/errors';
import type { HanaDetails } from '@/lib/jobs/backint';
import { BackupSpec } from '@/lib/jobs/schemas';
import { writeAudit } from '@/lib/verb';
import { pinnedBytes, releasePin } from '../index/pins';
import type { CommitRequest, CommitResponse } from '../wire';
import type { BackupSession } from './backup-session';
import { type JobClaim, type JobRow, requireRunningJob } from './job-guard';
import { verifyTree } from './verify-tree';

type Request = z.infer<typeof CommitRequest>;
type Response = z.infer<typeof CommitResponse>;

const dayMs = 86_400_000;

/**
 * Makes a backup point of what the session has taken: chunks durable, then the sealed manifest durable, then one
 * transaction in which the point becomes visible with its audit, event and counters and the pin ends.
 * @throws `ChunksMissingError`, `invalid_input`, `state_conflict`.
 */
export async function commitBackup(
  ctx: Context,
  claim: JobClaim,
  session: BackupSession,
  request: Request,
): Promise<Response> {
  await session.flush();
  const totals = await verifyTree(session, nameFromHex(request.rootPage));
  requireObjects(request, totals);
  const facts = await inAccount(ctx.db, claim.accountId, (tx) => loadFacts(tx, claim, session));
  const manifest = describePoint(facts, session, request, totals);
  await putPoint(session.init.vault.store, session.init.vault.keys, manifest);
  return inAccount(ctx.db, claim.accountId, (tx) => makeVisible(ctx, tx, claim, session, request, manifest));
}

/**
 * The answer of a commit that has happened: its client did not hear it and asks again, maybe in another attempt. A job
 * makes one point, so the first one stands.
 */
export async function findCommitted(ctx: Context, claim: JobClaim): Promise<Response | null> {
  return inAccount(ctx.db, claim.accountId, async (tx) => {
    const job = await requireRunningJob(tx, claim);
    if (!job.pointId) return null;
    const [point] = await tx
      .select({ pointId: backupPoints.id, addedBytes: backupPoints.addedBytes })
      .from(backupPoints)
      .where(and(eq(backupPoints.accountId, claim.accountId), eq(backupPoints.id, job.pointId)));
    return point ?? null;
  });
}

interface Facts {
  job: JobRow;
  /** When the backup began and what time it is, by the database's clock: points expire by it. */
  begunAt: Date;
  now: Date;
  hostname: string;
  newBytes: number;
  source: Awaited<ReturnType<typeof loadSource>>;
}

async function loadFacts(tx: Tx, claim: JobClaim, { init }: BackupSession): Promise<Facts> {
  const job = await requireRunningJob(tx, claim);
  const [client] = await tx
    .select({ hostname: clients.hostname })
    .from(clients)
    .where(and(eq(clients.accountId, claim.accountId), eq(clients.id, claim.clientId)));
  if (!client) throw notFound('backup client');
  const [times] = await tx.execute<{ begun_ms: number; now_ms: number }>(sql`
    select extract(epoch from n.created_at)::float8 * 1000 as begun_ms,
      extract(epoch from clock_timestamp())::float8 * 1000 as now_ms
    from pins n where n.pin_no = ${init.pinNo}`);
  if (!times) throw alreadyCommitted();
  const [put] = await tx
    .select({ bytes: sql<string>`coalesce(sum(${chunks.chunkBytes}), 0)` })
    .from(chunks)
    .innerJoin(packs, eq(packs.packNo, chunks.packNo))
    .where(eq(packs.pinNo, init.pinNo));
  const [begunAt, now] = [new Date(times.begun_ms), new Date(times.now_ms)];
  const source = await loadSource(tx, init.sourceId);
  return { job, begunAt, now, hostname: client.hostname, newBytes: Number(put!.bytes), source };
}

function describePoint(
  { job, begunAt, now, hostname, newBytes, source }: Facts,
  { init }: BackupSession,
  request: Request,
  totals: TreeTotals,
): PointManifest {
  const spec = BackupSpec.parse(job.spec);
  // A host's clock may be wrong by years, an engine's too; retention counts from a time that the database has seen.
  const finishedAt = clamp(new Date(request.capturedAt), begunAt, now);
  const manifest: Omit<PointManifest, 'pointId'> = {
    vaultId: init.vault.vaultId,
    lineageId: init.lineage.lineageId,
    kind: 'files',
    root: { root: nameFromHex(request.rootPage), totals },
    sourceId: init.sourceId,
    origin: null,
    host: hostname,
    paths: spec.paths,
    startedAt: clamp(new Date(request.startedAt), begunAt, finishedAt),
    finishedAt,
    parentPointId: init.parent?.pointId ?? null,
    expiresAt: new Date(finishedAt.getTime() + spec.retentionDays * dayMs),
    stats: {
      files: totals.files,
      dirs: totals.dirs,
      symlinks: 0,
      sourceBytes: totals.bytes,
      readBytes: request.readBytes ?? request.sourceBytes,
      newBytes,
      unreadable: request.skippedCount,
    },
    source: describeSource(source, spec, request),
  };
  return { ...manifest, pointId: pointIdOf(job.id, manifest) };
}

function describeSource(
  { sourceKind, sourceName }: Facts['source'],
  spec: BackupSpec,
  request: Request,
): PointSource {
  const hana = hanaDetailsOf(spec, request);
  return {
    kind: sourceKind,
    name: sourceName,
    excludes: spec.excludes,
    ...(spec.stream && request.streamDetails && { stream: request.streamDetails }),
    ...(hana && { hana }),
  };
}

/**
 * Made from what the point says, so that a commit repeated after a crash stores the same manifest under the same id, and
 * one that says something else never meets it.
 */
function pointIdOf(jobId: string, manifest: Omit<PointManifest, 'pointId'>): string {
  const root = { root: nameToHex(manifest.root.root), totals: manifest.root.totals };
  const hash = createHash('sha256').update(JSON.stringify([jobId, { ...manifest, root }]));
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return `s-${[...hash.digest().subarray(0, 20)].map((byte) => alphabet[byte & 31]).join('')}`;
}

async function makeVisible(
  ctx: Context,
  tx: Tx,
  claim: JobClaim,
  { init }: BackupSession,
  request: Request,
  manifest: PointManifest,
): Promise<Response> {
  const { accountId } = claim;
  const { vaultId } = init.vault;
  const job = await requireRunningJob(tx, claim, { lock: true });
  if (job.pointId) throw alreadyCommitted();
  const [vault] = await tx.select().from(vaults).where(eq(vaults.id, vaultId)).for('no key update');
  if (!vault || vault.status === 'deleting') throw notFound('vault');
  const spec = BackupSpec.parse(job.spec);
  const addedBytes = await pinnedBytes(tx, init.pinNo);
  const source = await loadSource(tx, init.sourceId);
  const policy = await policyOf(tx, job);
  const block = await describeBlockBackup(
    tx,
    accountId,
    { ...source, spec, at: manifest.finishedAt },
    request.blockDetails,
  );
  const { archiveAt, archiveVaultId } = archivingOf(vault.kind, spec, manifest.finishedAt);
  await tx.insert(backupPoints).values({
    accountId,
    id: manifest.pointId,
    vaultId,
    sourceId: init.sourceId,
    sourceKind: source.sourceKind,
    sourceName: source.sourceName,
    ...block,
    clientId: claim.clientId,
    originAccountId: accountId,
    originVaultId: vaultId,
    originPointId: manifest.pointId,
    spaceNo: init.lineage.spaceNo,
    lineageId: init.lineage.lineageId,
    rootPage: nameToUuid(manifest.root.root),
    paths: spec.paths,
    excludes: spec.excludes,
    streamDetails: spec.stream ? request.streamDetails : null,
    hana: hanaDetailsOf(spec, request),
    parentPointId: manifest.parentPointId,
    sourceBytes: manifest.root.totals.bytes,
    addedBytes,
    fileCount: manifest.root.totals.files,
    folderCount: manifest.root.totals.dirs,
    skippedCount: request.skippedCount,
    retentionDays: spec.retentionDays,
    expiresAt: manifest.expiresAt!,
    archiveAt,
    archiveVaultId,
    ...policy,
    startedAt: manifest.startedAt,
    createdAt: manifest.finishedAt,
  });
  await tx.update(jobs).set({ pointId: manifest.pointId }).where(eq(jobs.id, job.id));
  await writeAudit(ctx, tx, 'backup_points.create', {
    resourceKind: 'backup_point',
    resourceId: manifest.pointId,
    resourceName: source.sourceName,
    after: {
      vaultId,
      sourceBytes: manifest.root.totals.bytes,
      addedBytes,
      retentionDays: spec.retentionDays,
    },
  });
  await releasePin(tx, init.pinNo);
  // A newer point lets the one that was kept beyond its date go.
  if (policy.keepsNewest) await tx.execute(sql`select wake_ticker(${accountId})`);
  await wakeTickers(tx, accountId, vaultId, archiveAt ?? manifest.expiresAt!);
  await takeEventNumber(tx, accountId, vaultId, manifest.pointId);
  return { pointId: manifest.pointId, addedBytes };
}

/** The objects that a Backint agent names are the files of its tree: as many, and as many bytes. */
function requireObjects({ hanaObjects }: Request, totals: TreeTotals): void {
  if (!hanaObjects) return;
  const bytes = hanaObjects.reduce((sum, object) => sum + object.bytes, 0);
  if (hanaObjects.length === totals.files && bytes === totals.bytes) return;
  throw new CrossvaultError('invalid_input', 'The objects of this backup are not what its tree holds.', {
    reason: 'objects_differ',
  });
}

function hanaDetailsOf({ backint }: BackupSpec, { hanaObjects }: Request): HanaDetails | null {
  if (!backint || !hanaObjects) return null;
  const { callId: _, ...call } = backint;
  return { ...call, objects: hanaObjects };
}

/** Limits that a spec breaks were refused when it was written; one that breaks them all the same archives nothing. */
function archivingOf(
  vaultKind: string,
  { retentionDays, archiveAfterDays, archiveVaultId }: BackupSpec,
  createdAt: Date,
) {
  const isAsked = vaultKind === 'standard' && archiveAfterDays != null;
  if (!isAsked || archiveAfterRefusal(retentionDays, archiveAfterDays)) {
    return { archiveAt: null, archiveVaultId: null };
  }
  return {
    archiveAt: new Date(createdAt.getTime() + archiveAfterDays * dayMs),
    archiveVaultId: archiveVaultId ?? null,
  };
}

/** What its policy decided when the run began; nothing here comes from the client. */
async function policyOf(tx: Tx, { accountId, policyRunId }: JobRow) {
  const none = { policyRunId: null, bindingId: null, keepsNewest: false };
  if (!policyRunId) return none;
  const [run] = await tx
    .select({ bindingId: policyRuns.bindingId, keepsNewest: policyRuns.keepsNewest })
    .from(policyRuns)
    .where(and(eq(policyRuns.accountId, accountId), eq(policyRuns.id, policyRunId)));
  return run ? { policyRunId, ...run } : none;
}

async function loadSource(tx: Tx, sourceId: string) {
  const [source] = await tx.select().from(dataSources).where(eq(dataSources.id, sourceId));
  if (!source) throw notFound('data source');
  return { sourceKind: source.kind, sourceName: source.name, item: source.item };
}

/** The targets' tickers have a point to copy; the own one has an archiving or an expiry to keep in mind. */
async function wakeTickers(tx: Tx, accountId: string, vaultId: string, nextAt: Date): Promise<void> {
  const targets = await tx
    .select({ accountId: replications.accountId })
    .from(replications)
    .where(and(eq(replications.sourceVaultId, vaultId), eq(replications.state, 'active')));
  for (const target of targets) await tx.execute(sql`select wake_ticker(${target.accountId})`);
  await tx.execute(sql`select wake_ticker(${accountId}, ${nextAt.toISOString()}::timestamptz)`);
}

/** The last statement: numbers then follow the order of commits, and a reader of events never skips one. */
async function takeEventNumber(tx: Tx, accountId: string, vaultId: string, pointId: string): Promise<void> {
  await tx.execute(sql`
    with numbered as (update vaults set head = head + 1 where id = ${vaultId} returning head)
    insert into point_events (account_id, vault_id, seq, kind, point_id)
    select ${accountId}, ${vaultId}, head, 'committed', ${pointId} from numbered`);
}

function clamp(at: Date, earliest: Date, latest: Date): Date {
  return new Date(Math.max(earliest.getTime(), Math.min(at.getTime(), latest.getTime())));
}

function alreadyCommitted(): CrossvaultError {
  return new CrossvaultError('state_conflict', 'This backup has already become a backup point.', {
    reason: 'already_committed',
  });
}
