import { decideRestore, type RestoreDecision } from '@/lib/engine/core/restore-decision';
import type { FileEntry } from '@/lib/engine/core/tree/entry';
import { ReportBuilder } from '../../jobs/job-report';
import type { JobContext, JobResult } from '../../jobs/run-job';
import { ChangeCount, changeOf } from '../../restore/change-count';
import { isFatal } from '../../restore/failures';
import { journalPath, RestoreJournal } from '../../restore/journal';
import { openRestore } from '../../restore/open-restore';
import { readAhead } from '../../restore/read-ahead';
import { planRestore } from '../../restore/restore-plan';
import { shown } from '../../restore/shown';
import type { RestoreOffer } from '../adapter';
import type { Bucket } from './bucket';
import { DestinationKeys } from './destination-keys';
import { Gate } from './gate';
import { ObjectWriter } from './object-writer';
import { openSource } from './open-source';
import { cacheKey, mtimeNs } from './previous-objects';
import { restoredKey, shownKey } from './restored-key';
import type { OssOptions } from './run-oss-backup';
import { UploadList } from './upload-list';

const requestsAtATime = 16;

/** Restores objects into a bucket, below a prefix. An object that fails is reported and the others go on. */
export async function runOssRestore(
  context: JobContext,
  offer: RestoreOffer,
  options: OssOptions,
): Promise<JobResult> {
  const { destination, isDryRun } = offer.work.spec;
  if (destination.kind !== 'oss') throw new Error('Invariant broken: a bucket is restored into');
  const gate = new Gate(requestsAtATime);
  const { bucket } = openSource(offer.work.source, {
    ...options,
    signal: context.signal,
    onRetry: (error, delayMs) => {
      if (error.code === 'rate_limited') gate.slowDown();
      context.log.warn({ reason: error.reason, delayMs: Math.round(delayMs) }, 'waiting for the bucket');
    },
  });
  const place = { bucket, prefix: destination.prefix };
  try {
    return isDryRun ? await dryRun(context, offer, place) : await restore(context, offer, place, gate);
  } finally {
    bucket.close();
  }
}

interface Place {
  bucket: Bucket;
  prefix: string;
}

async function restore(
  context: JobContext,
  offer: RestoreOffer,
  { bucket, prefix }: Place,
  gate: Gate,
): Promise<JobResult> {
  const { selection, conflictPolicy } = offer.work.spec;
  const report = new ReportBuilder();
  const { begun, fetcher, reader, rootPage } = await openRestore(context, offer, report);
  await context.folder.prepare('restores');
  const uploads = await UploadList.open(context.folder, offer.jobId, bucket);
  const journal = await RestoreJournal.open(journalPath(context.folder, offer.jobId));
  const destination = new DestinationKeys(bucket);
  const decisions = new WeakMap<FileEntry, RestoreDecision>();
  const writer = new ObjectWriter({ context, bucket, prefix, gate, report, journal, uploads });
  const plan = planRestore({
    reader,
    root: rootPage,
    selection,
    isFatal: (error) => isFatal(error, context.signal),
    needsBytes: async (folder, entry) => {
      if (journal.isDone(cacheKey([...folder, entry.name]))) return false;
      const decision = await decide(destination, prefix, [...folder, entry.name], entry, conflictPolicy);
      if (decision) decisions.set(entry, decision);
      return decision !== null && decision !== 'skip';
    },
  });
  try {
    await writer.apply(readAhead(plan, fetcher), (entry) => decisions.get(entry) ?? null);
  } finally {
    journal.close();
  }
  await uploads.remove();
  return {
    outcome: report.skippedCount > 0 ? 'partial' : 'complete',
    report: report.build(),
    summary: {
      pointId: begun.pointId,
      writtenBytes: context.meter.transferredBytes,
      bucket: bucket.name,
      prefix,
    },
  };
}

/** Looks at the bucket as the restore would, and counts. Writes nothing. */
async function dryRun(
  context: JobContext,
  offer: RestoreOffer,
  { bucket, prefix }: Place,
): Promise<JobResult> {
  const { selection, conflictPolicy } = offer.work.spec;
  const { meter, signal } = context;
  const report = new ReportBuilder();
  const { begun, reader, rootPage } = await openRestore(context, offer, report);
  const destination = new DestinationKeys(bucket);
  const changes = new ChangeCount();
  const plan = planRestore({
    reader,
    root: rootPage,
    selection,
    isFatal: (error) => isFatal(error, signal),
    needsBytes: async () => false,
  });
  for await (const step of plan) {
    signal.throwIfAborted();
    if (step.step === 'unreadable') report.skip(shown(step.folder), step.error.message);
    if (step.step === 'other') report.skip(shown([...step.folder, step.entry.name]), 'not an object');
    if (step.step !== 'file') continue;
    const path = [...step.folder, step.entry.name];
    meter.itemsDone++;
    meter.bytesDone += step.entry.sizeBytes;
    try {
      const key = restoredKey(prefix, path);
      const found = await destination.find(key);
      const decision = decideRestore(conflictPolicy, step.entry, found && { mtimeNs: mtimeNs(found) });
      changes.add(changeOf[decision], key, step.entry.sizeBytes);
      report.files++;
    } catch (error) {
      if (isFatal(error, signal)) throw error;
      report.skip(shownKey(path), (error as Error).message);
    }
  }
  report.changes = changes.build();
  return {
    outcome: report.skippedCount > 0 ? 'partial' : 'complete',
    report: report.build(),
    summary: { pointId: begun.pointId, bucket: bucket.name, prefix },
  };
}

/** @returns null for an entry that has no key; the writer says why. */
async function decide(
  destination: DestinationKeys,
  prefix: string,
  path: readonly Uint8Array[],
  entry: FileEntry,
  policy: Parameters<typeof decideRestore>[0],
): Promise<RestoreDecision | null> {
  if (policy === 'overwrite') return 'overwrite';
  try {
    const found = await destination.find(restoredKey(prefix, path));
    return decideRestore(policy, entry, found && { mtimeNs: mtimeNs(found) });
  } catch (error) {
    if ((error as { code?: string }).code === 'not_eligible') return null;
    throw error;
  }
}
