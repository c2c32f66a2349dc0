import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { Chunk, ChunkName } from '@/lib/engine/core/chunk';
import { nameFromHex, nameToHex } from '@/lib/engine/core/names';
import type { TreeRoot } from '@/lib/engine/core/tree/entry';
import { BeginBackupResponse, type CommitRequest } from '@/lib/engine/wire';
import type { CrossvaultError } from '@/lib/errors';
import type { BlockDetails } from '@/lib/jobs/schemas';
import { ReportBuilder } from '../jobs/job-report';
import type { ProgressMeter } from '../jobs/progress-meter';
import type { JobContext, JobResult } from '../jobs/run-job';
import { GatewayError } from '../net/errors';
import type { BackupOffer } from '../sources/adapter';
import { commitOnce, toSummary } from './commit-once';
import { Uploader } from './uploader';

/** One walk over a source. What it sends and counts is the walk's; the loop around it begins, commits and repeats. */
export interface TreePass {
  /** From 1; a pass after the first meets much that the gateway knows already. */
  number: number;
  lineageId: string;
  namingKey: Buffer;
  /** The point that the gateway compares with: what it reaches need not be sent. */
  parent: { pointId: string; rootPage: ChunkName } | null;
  uploader: Uploader;
  /** Which of these the gateway has, of the parent or from this job. */
  known(names: readonly ChunkName[]): Promise<boolean[]>;
  /** Tree pages of the parent, in the order asked. */
  parentPages(names: readonly ChunkName[], totalBytes: number): AsyncIterable<Chunk>;
  meter: ProgressMeter;
  report: ReportBuilder;
  signal: AbortSignal;
}

export interface TreePassResult {
  root: TreeRoot;
  /** Bytes that had to be read at the source. */
  readBytes: number;
  /** Runs once the point is there: caches for the next backup are put in place. */
  committed?(pointId: string): Promise<void>;
  /** Runs when no point came of it. */
  abandoned?(): Promise<void>;
}

/** What a kind of source brings to `runTreeBackup`. */
export interface TreeWalk {
  /** What the commit says beside the tree; filled by the pass. */
  details?: { block: BlockDetails | null };
  /** Builds the tree and adds all its chunks to the uploader. May run several times for one job. */
  pass(pass: TreePass): Promise<TreePassResult>;
  /** Counts everything, for the time left. Runs beside the first pass once that has taken a moment. */
  count?(signal: AbortSignal): Promise<{ bytes: number; items: number }>;
}

/** Walks of one job, each begun because the gateway had lost what it was not yet sure of. */
const maxPasses = 8;
const countAfterMs = 750;

/**
 * Backs up what `walk` finds and commits the point. After the gateway was away it begins again: what had arrived durably is
 * known then. Whoever walks keeps what spares reading twice.
 */
export async function runTreeBackup(
  context: JobContext,
  offer: BackupOffer,
  walk: TreeWalk,
): Promise<JobResult> {
  const startedAt = new Date();
  const counting = countBeside(walk, context);
  try {
    for (let number = 1; ; number++) {
      try {
        return await runPass(context, offer, walk, { number, startedAt });
      } catch (error) {
        if (!wantsAnotherPass(error) || number === maxPasses) throw error;
        context.log.warn({ reason: (error as CrossvaultError).reason }, 'beginning the backup again');
        context.meter.restart();
      }
    }
  } finally {
    counting.stop();
  }
}

async function runPass(
  context: JobContext,
  offer: BackupOffer,
  walk: TreeWalk,
  { number, startedAt }: { number: number; startedAt: Date },
): Promise<JobResult> {
  const { signal, meter } = context;
  const capturedAt = new Date();
  const report = new ReportBuilder();
  const begun = await context.post('backup/begin', { attempt: offer.attempt }, BeginBackupResponse);
  const known = async (names: readonly ChunkName[]) =>
    [...(await context.postNames('backup/known', names))].map((answer) => answer === 1);
  const isFirst = number === 1 && offer.attempt <= 1;
  const uploader = new Uploader(
    { known, send: (chunks) => context.postChunks('backup/chunks', chunks) },
    begun.parent !== null || !isFirst,
    (bytes) => {
      meter.transferredBytes += bytes;
    },
  );
  const { root, readBytes, committed, abandoned } = await walk.pass({
    number,
    lineageId: begun.lineageId,
    namingKey: Buffer.from(begun.namingKey, 'base64'),
    parent: begun.parent && { ...begun.parent, rootPage: nameFromHex(begun.parent.rootPage) },
    uploader,
    known,
    parentPages: (names, totalBytes) => context.fetchChunks('backup/parent-pages', names, totalBytes),
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
    startedAt: startedAt.toISOString(),
    capturedAt: capturedAt.toISOString(),
    blockDetails: walk.details?.block,
  };
  const made = await uploader
    .flush()
    .then(() => commitOnce(context, commit))
    .catch(async (error: unknown) => {
      await abandoned?.();
      throw error;
    });
  if (made) await committed?.(made.pointId);
  return {
    outcome: report.skippedCount > 0 ? 'partial' : 'complete',
    report: report.build(),
    summary: toSummary(made, root.totals.bytes, readBytes, uploader.sentBytes),
  };
}

function wantsAnotherPass(error: unknown): boolean {
  return error instanceof GatewayError && error.reason === 'chunks_missing';
}

/**
 * Counts beside the backup, so that the time left is measured rather than guessed. Looking at everything twice would cost
 * a short backup, of which nobody asks the time left, half its time; and one that knows what there was the last time, only
 * as long as it meets no more than that.
 */
function countBeside(walk: TreeWalk, { meter, signal, log }: JobContext): { stop(): void } {
  const stopped = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  if (!walk.count) return { stop: () => {} };
  const count = walk.count.bind(walk);
  const untilWorthIt = async () => {
    do await delay(countAfterMs, undefined, { signal: either });
    while (meter.isWithinTotals);
  };
  untilWorthIt()
    .then(() => count(either))
    .then(({ bytes, items }) => meter.setTotals(bytes, items))
    .catch((error) => {
      if (!either.aborted) log.warn({ err: error }, 'counting failed');
    });
  return { stop: () => stopped.abort() };
}
