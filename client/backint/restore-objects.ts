import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameFromHex } from '@/lib/engine/core/names';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { inlinePool } from '@/lib/engine/core/work/pool';
import { BeginRestoreResponse } from '@/lib/engine/wire';
import { targetBatchBytes } from '@/lib/engine/wire-binary';
import { CrossvaultError } from '@/lib/errors';
import { explainFileError, ReportBuilder } from '../jobs/job-report';
import type { JobContext, JobResult } from '../jobs/run-job';
import { ChunkFetcher } from '../restore/chunk-fetcher';
import { isFatal } from '../restore/failures';
import { streamFile } from '../restore/file-stream';
import { PageLoader } from '../restore/page-loader';
import { inParallel } from './in-parallel';
import { namesOfObject } from './object-path';
import { openSink } from './pipe-writer';

export interface ObjectToRestore {
  /** In the backup point. */
  path: string;
  bytes: number;
  /** A pipe that the database made, or a file to be made. */
  destination: string;
  /** Called once, when all of it was written or could not be. */
  tell(error: Error | null): void;
}

interface Options {
  parallel: number;
  pipeTimeoutMs: number;
}

const minGroupBytes = 1024 * 1024;

/** Restores objects of one point to where the database wants them. One that fails leaves the others alone. */
export async function restoreObjects(
  context: JobContext,
  objects: readonly ObjectToRestore[],
  options: Options,
): Promise<JobResult> {
  const begun = await context.post('restore/begin', { attempt: context.attempt }, BeginRestoreResponse);
  context.meter.setTotals(
    objects.reduce((sum, { bytes }) => sum + bytes, 0),
    objects.length,
  );
  const source = {
    fetch: (names: readonly ChunkName[], totalBytes: number) =>
      context.fetchFrames('restore/chunks', names, totalBytes),
    patiently: context.patiently,
  };
  const parallel = Math.min(options.parallel, objects.length);
  const from: Source = {
    // A call lives for seconds and reads in parallel already.
    fetcher: new ChunkFetcher(source, Buffer.from(begun.namingKey, 'base64'), inlinePool),
    root: nameFromHex(begun.rootPage),
    groupBytes: Math.max(minGroupBytes, Math.floor(targetBatchBytes / parallel)),
    pipeTimeoutMs: options.pipeTimeoutMs,
  };
  const report = new ReportBuilder();
  await inParallel(context.signal, objects, parallel, async (object, signal) => {
    const error = await restoreOne(context, object, from, signal);
    object.tell(error);
    if (error) report.skip(object.path, explainFileError(error));
    else report.files++;
    context.meter.itemsDone++;
  });
  if (report.files === 0)
    throw new CrossvaultError('state_conflict', 'None of the objects could be restored.');
  return {
    outcome: report.skippedCount > 0 ? 'partial' : 'complete',
    report: report.build(),
    summary: { pointId: begun.pointId, writtenBytes: context.meter.transferredBytes },
  };
}

interface Source {
  fetcher: ChunkFetcher;
  root: ChunkName;
  groupBytes: number;
  pipeTimeoutMs: number;
}

/** @returns why it failed, or null. @throws what ends the whole restore. */
async function restoreOne(
  context: JobContext,
  { path, destination }: ObjectToRestore,
  { fetcher, root, groupBytes, pipeTimeoutMs }: Source,
  signal: AbortSignal,
): Promise<Error | null> {
  const { meter } = context;
  const pages = new PageLoader(fetcher);
  const reader = new TreeReader((name) => pages.load(name));
  try {
    const entry = await reader.lookup(root, namesOfObject(path));
    if (entry.type !== 'file') throw new CrossvaultError('not_found', `${path} is no object.`);
    const sink = await openSink(destination, { signal, timeoutMs: pipeTimeoutMs });
    try {
      const refs = reader.chunks(entry.content, entry.sizeBytes);
      for await (const bytes of streamFile(refs, fetcher, groupBytes)) {
        await sink.write(bytes);
        meter.currentItem = path;
        meter.bytesDone += bytes.length;
        meter.transferredBytes += bytes.length;
      }
      await sink.end();
    } catch (error) {
      await sink.abandon();
      throw error;
    }
    return null;
  } catch (error) {
    if (isFatal(error, signal)) throw error;
    return error as Error;
  }
}
