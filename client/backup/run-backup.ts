import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameToHex } from '@/lib/engine/core/names';
import { BeginBackupResponse, type CommitRequest, type JobOffer } from '@/lib/engine/wire';
import type { CrossvaultError } from '@/lib/errors';
import type { ClientFolder } from '../config';
import { ReportBuilder } from '../jobs/job-report';
import type { JobContext, JobResult } from '../jobs/run-job';
import { GatewayError } from '../net/errors';
import { BackupPass, type CachePaths } from './backup-pass';
import { commitOnce, toSummary } from './commit-once';
import { countSource } from './count-source';
import { cacheName, removeCache } from './file-cache';
import { readOwnerNames } from './owners';
import { createSource, type Source } from './source-walk';
import { Uploader } from './uploader';

type BackupOffer = JobOffer & { work: { kind: 'backup' } };

/** Walks of one job, each begun because the gateway had lost what it was not yet sure of. */
const maxPasses = 8;
const countAfterMs = 750;

/**
 * Backs up what the offer names and commits the point. After the gateway was away it begins again: what had arrived
 * durably is known then, and files that were read are not read again.
 */
export async function runBackup(context: JobContext, offer: BackupOffer): Promise<JobResult> {
  const { spec, vaultId } = offer.work;
  const source = createSource(spec.paths, spec.excludes, await readOwnerNames());
  const caches = await locateCaches(context.folder, vaultId, spec.paths);
  const startedAt = new Date();
  const counting = countInto(source, context);
  try {
    for (let pass = 1; ; pass++) {
      try {
        return await runPass(context, offer, {
          source,
          caches,
          startedAt,
          isFirst: pass === 1 && offer.attempt <= 1,
        });
      } catch (error) {
        if (!wantsAnotherPass(error) || pass === maxPasses) throw error;
        context.log.warn({ reason: (error as CrossvaultError).reason }, 'beginning the backup again');
        context.meter.restart();
      }
    }
  } finally {
    counting.stop();
  }
}

interface PassInput {
  source: Source;
  caches: CachePaths;
  startedAt: Date;
  isFirst: boolean;
}

async function runPass(context: JobContext, offer: BackupOffer, input: PassInput): Promise<JobResult> {
  const { signal, meter } = context;
  const capturedAt = new Date();
  const report = new ReportBuilder();
  const begun = await context.post('backup/begin', { attempt: offer.attempt }, BeginBackupResponse);
  const known = async (names: readonly ChunkName[]) =>
    [...(await context.postNames('backup/known', names))].map((answer) => answer === 1);
  const uploader = new Uploader(
    { known, send: (chunks) => context.postChunks('backup/chunks', chunks) },
    begun.parent !== null || !input.isFirst,
    (bytes) => {
      meter.transferredBytes += bytes;
    },
  );
  const { root, readBytes, commitCache } = await BackupPass.run({
    source: input.source,
    namingKey: Buffer.from(begun.namingKey, 'base64'),
    header: { vaultId: offer.work.vaultId, lineageId: begun.lineageId },
    parentPointId: begun.parent?.pointId ?? null,
    caches: input.caches,
    uploader,
    known,
    meter,
    report,
    signal,
  });
  meter.currentItem = null;
  const commit: z.input<typeof CommitRequest> = {
    attempt: offer.attempt,
    rootPage: nameToHex(root.root),
    sourceBytes: root.totals.bytes,
    readBytes,
    fileCount: root.totals.files,
    folderCount: root.totals.dirs,
    skippedCount: report.skippedCount,
    startedAt: input.startedAt.toISOString(),
    capturedAt: capturedAt.toISOString(),
  };
  const committed = await commitOnce(context, commit);
  if (committed) await commitCache(committed.pointId);
  await removeCache(input.caches.partial);
  return {
    outcome: report.skippedCount > 0 ? 'partial' : 'complete',
    report: report.build(),
    summary: toSummary(committed, root.totals.bytes, readBytes, uploader.sentBytes),
  };
}

function wantsAnotherPass(error: unknown): boolean {
  return error instanceof GatewayError && error.reason === 'chunks_missing';
}

async function locateCaches(
  folder: ClientFolder,
  vaultId: string,
  paths: readonly string[],
): Promise<CachePaths> {
  await folder.prepare('cache');
  const name = cacheName(vaultId, paths);
  const at = (suffix: string) => folder.file('cache', `${name}.${suffix}`);
  return { committed: at('cache'), partial: at('partial'), next: at('next') };
}

/**
 * Counts beside the backup, so that the time left is measured rather than guessed. Looking at everything twice would cost
 * a short backup, of which nobody asks the time left, half its time.
 */
function countInto(source: Source, { meter, signal, log }: JobContext): { stop(): void } {
  const stopped = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  delay(countAfterMs, undefined, { signal: either })
    .then(() => countSource(source, either))
    .then(({ bytes, items }) => meter.setTotals(bytes, items))
    .catch((error) => {
      if (!either.aborted) log.warn({ err: error }, 'counting failed');
    });
  return { stop: () => stopped.abort() };
}
