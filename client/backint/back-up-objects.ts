import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { z } from 'zod';
import { Chunker } from '@/lib/engine/core/chunker/chunker';
import { computeName, nameToHex } from '@/lib/engine/core/names';
import { ContentBuilder } from '@/lib/engine/core/tree/tree-builder';
import { BeginBackupResponse, type CommitRequest } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import { commitOnce, toSummary } from '../backup/commit-once';
import { Uploader } from '../backup/uploader';
import { ReportBuilder } from '../jobs/job-report';
import type { JobContext, JobResult } from '../jobs/run-job';
import { GatewayError } from '../net/errors';
import { inParallel } from './in-parallel';
import { namesOfObject } from './object-path';
import { buildObjectTree, type StoredObject } from './object-tree';
import { readPipe } from './pipe-reader';

export interface ObjectToSave {
  path: string;
  kind: 'pipe' | 'file';
}

/** What became of an object, in the order of the call. */
export type SaveOutcome = { ebid: string; bytes: number } | { error: Error };

interface Options {
  parallel: number;
  pipeTimeoutMs: number;
}

/**
 * Saves the objects of one call as one point. They are begun from top to bottom and several are read at a time. One that
 * fails is left out and the others are kept; what is told as saved has become part of the point.
 */
export async function backUpObjects(
  context: JobContext,
  objects: readonly ObjectToSave[],
  options: Options,
  tell: (outcomes: SaveOutcome[]) => void,
): Promise<JobResult> {
  const startedAt = new Date();
  const { meter } = context;
  meter.setTotals(null, objects.length);
  const begun = await context.post('backup/begin', { attempt: context.attempt }, BeginBackupResponse);
  const namingKey = Buffer.from(begun.namingKey, 'base64');
  const uploader = createUploader(context, begun.parent !== null);
  const reading = new Reading(context, namingKey, uploader, options);
  const outcomes = await reading.readAll(objects);
  const stored = outcomes.filter((outcome): outcome is StoredObject => !(outcome instanceof Error));
  if (stored.length === 0) {
    tell(outcomes.map((error) => ({ error: error as Error })));
    const [first] = outcomes as Error[];
    throw new CrossvaultError(
      'state_conflict',
      `None of the objects was saved. The first: ${first!.message}`,
      {
        cause: first,
      },
    );
  }
  const root = await buildObjectTree(namingKey, stored, startedAt, (page) => uploader.add(page));
  await uploader.flush();
  const report = new ReportBuilder();
  report.files = stored.length;
  for (const [i, outcome] of outcomes.entries())
    if (outcome instanceof Error) report.skip(objects[i]!.path, outcome.message);
  const commit: z.input<typeof CommitRequest> = {
    attempt: context.attempt,
    rootPage: nameToHex(root.root),
    sourceBytes: root.totals.bytes,
    readBytes: root.totals.bytes,
    fileCount: root.totals.files,
    folderCount: root.totals.dirs,
    skippedCount: report.skippedCount,
    startedAt: startedAt.toISOString(),
    capturedAt: new Date().toISOString(),
    hanaObjects: stored.map(({ ebid, names, sizeBytes }) => ({
      ebid,
      path: `/${names.join('/')}`,
      bytes: sizeBytes,
    })),
  };
  const committed = await commitOnce(context, commit).catch(explainLoss);
  tell(
    outcomes.map((outcome) =>
      outcome instanceof Error ? { error: outcome } : { ebid: outcome.ebid, bytes: outcome.sizeBytes },
    ),
  );
  return {
    outcome: report.skippedCount > 0 ? 'partial' : 'complete',
    report: report.build(),
    summary: toSummary(committed, root.totals.bytes, root.totals.bytes, uploader.sentBytes),
  };
}

function createUploader(context: JobContext, shouldAsk: boolean): Uploader {
  return new Uploader(
    {
      known: async (names) =>
        [...(await context.postNames('backup/known', names))].map((answer) => answer === 1),
      send: (chunks) => context.postChunks('backup/chunks', chunks),
    },
    shouldAsk,
    (bytes) => {
      context.meter.transferredBytes += bytes;
    },
  );
}

/** What a pipe or a file itself fails with; everything else ends the whole call. */
class SourceFailure extends Error {}

class Reading {
  readonly #seen = new Set<string>();

  constructor(
    private readonly context: JobContext,
    private readonly namingKey: Buffer,
    private readonly uploader: Uploader,
    private readonly options: Options,
  ) {}

  async readAll(objects: readonly ObjectToSave[]): Promise<(StoredObject | Error)[]> {
    const outcomes: (StoredObject | Error)[] = [];
    await inParallel(this.context.signal, objects, this.options.parallel, async (object, signal, at) => {
      outcomes[at] = await this.#read(object, signal);
      this.context.meter.itemsDone++;
    });
    return outcomes;
  }

  async #read(object: ObjectToSave, signal: AbortSignal): Promise<StoredObject | Error> {
    try {
      const names = this.#requireNew(object.path);
      return { names, ebid: randomUUID(), ...(await this.#readContent(object, signal)) };
    } catch (error) {
      if (error instanceof SourceFailure) return error.cause as Error;
      throw error;
    }
  }

  #requireNew(path: string): Buffer[] {
    try {
      const names = namesOfObject(path);
      if (!this.#seen.has(path)) {
        this.#seen.add(path);
        return names;
      }
    } catch (cause) {
      throw new SourceFailure('', { cause });
    }
    throw new SourceFailure('', {
      cause: new CrossvaultError('invalid_input', `${path} is there twice in one call.`),
    });
  }

  async #readContent(
    object: ObjectToSave,
    signal: AbortSignal,
  ): Promise<Pick<StoredObject, 'sizeBytes' | 'content'>> {
    const { namingKey, uploader, context } = this;
    const content = new ContentBuilder(namingKey, (page) => uploader.add(page));
    for await (const bytes of new Chunker(namingKey).split(this.#open(object, signal))) {
      signal.throwIfAborted();
      context.meter.currentItem = object.path;
      const name = computeName(namingKey, 'data', bytes);
      await content.add(name, bytes.length);
      await uploader.add({ name, type: 'data', bytes });
      context.meter.bytesDone += bytes.length;
    }
    return { sizeBytes: content.sizeBytes, content: await content.finish() };
  }

  async *#open({ path, kind }: ObjectToSave, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const source =
      kind === 'pipe'
        ? readPipe(path, { signal, timeoutMs: this.options.pipeTimeoutMs })
        : createReadStream(path, { signal, highWaterMark: 1024 * 1024 });
    const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    try {
      for (;;) {
        const piece = await pieces.next().catch((cause) => {
          signal.throwIfAborted();
          throw new SourceFailure('', { cause });
        });
        if (piece.done) return;
        yield piece.value;
      }
    } finally {
      await pieces.return?.();
    }
  }
}

function explainLoss(error: unknown): never {
  if (error instanceof GatewayError && error.reason === 'chunks_missing') {
    throw new CrossvaultError(
      'unavailable',
      'The gateway was interrupted and lost part of what the pipes gave, which cannot be read a second time. Nothing was saved.',
      { cause: error, reason: 'stream_interrupted' },
    );
  }
  throw error;
}
