import type { z } from 'zod';
import { Chunker } from '@/lib/engine/core/chunker/chunker';
import { computeName, nameToHex } from '@/lib/engine/core/names';
import type { TreeRoot } from '@/lib/engine/core/tree/entry';
import { ContentBuilder, TreeBuilder } from '@/lib/engine/core/tree/tree-builder';
import { BeginBackupResponse, type CommitRequest, type JobOffer } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import { ReportBuilder } from '../jobs/job-report';
import type { JobContext, JobResult } from '../jobs/run-job';
import { GatewayError } from '../net/errors';
import { commitOnce, toSummary } from './commit-once';
import type { StreamInput } from './stream-input';
import { Uploader } from './uploader';

type StreamOffer = JobOffer & { work: { kind: 'backup' } };

/**
 * Backs up one stream as the one entry of a point. It is read once: a gateway that is away is waited for while whoever
 * gives the bytes waits too, but what the gateway has lost cannot be read again.
 */
export async function runStream(
  context: JobContext,
  offer: StreamOffer,
  input: StreamInput,
): Promise<JobResult> {
  const { meter } = context;
  const startedAt = new Date();
  meter.setTotals(input.sizeBytes, 1);
  meter.currentItem = offer.work.spec.paths[0] ?? null;
  const begun = await context.post('backup/begin', { attempt: offer.attempt }, BeginBackupResponse);
  const uploader = new Uploader(
    {
      known: async (names) =>
        [...(await context.postNames('backup/known', names))].map((answer) => answer === 1),
      send: (chunks) => context.postChunks('backup/chunks', chunks),
    },
    begun.parent !== null,
    (bytes) => {
      meter.transferredBytes += bytes;
    },
  );
  const root = await readStream(context, offer, input, Buffer.from(begun.namingKey, 'base64'), uploader);
  const { details, flaws } = await input.finish();
  if (root.totals.bytes === 0) {
    throw new CrossvaultError(
      'invalid_input',
      'The stream was empty, so no backup point was made. Look at what should have written it.',
    );
  }
  await uploader.flush();
  const commit: z.input<typeof CommitRequest> = {
    attempt: offer.attempt,
    rootPage: nameToHex(root.root),
    sourceBytes: root.totals.bytes,
    readBytes: root.totals.bytes,
    fileCount: 1,
    folderCount: 0,
    skippedCount: flaws.length,
    startedAt: startedAt.toISOString(),
    capturedAt: startedAt.toISOString(),
    streamDetails: details,
  };
  const committed = await commitOnce(context, commit).catch(explainLoss);
  const report = new ReportBuilder();
  report.files = 1;
  for (const flaw of flaws) report.skip(offer.work.spec.paths[0] ?? '', flaw);
  meter.itemsDone = 1;
  return {
    outcome: flaws.length > 0 ? 'partial' : 'complete',
    report: report.build(),
    summary: toSummary(committed, root.totals.bytes, root.totals.bytes, uploader.sentBytes),
  };
}

async function readStream(
  { meter, signal }: JobContext,
  { work }: StreamOffer,
  input: StreamInput,
  namingKey: Uint8Array,
  uploader: Uploader,
): Promise<TreeRoot> {
  const chunker = new Chunker(namingKey);
  const content = new ContentBuilder(namingKey, (page) => uploader.add(page));
  for await (const bytes of chunker.split(input.open(signal))) {
    signal.throwIfAborted();
    const name = computeName(namingKey, 'data', bytes);
    await content.add(name, bytes.length);
    await uploader.add({ name, type: 'data', bytes });
    meter.bytesDone += bytes.length;
  }
  signal.throwIfAborted();
  const tree = new TreeBuilder(namingKey, (page) => uploader.add(page));
  await tree.add({
    type: 'file',
    name: Buffer.from(work.spec.paths[0]!.slice(1)),
    mode: 0o600,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    mtimeNs: BigInt(Date.now()) * 1_000_000n,
    sizeBytes: content.sizeBytes,
    content: await content.finish(),
  });
  return tree.finish();
}

function explainLoss(error: unknown): never {
  if (error instanceof GatewayError && error.reason === 'chunks_missing') {
    throw new CrossvaultError(
      'unavailable',
      'The gateway was interrupted and lost part of the stream, which cannot be read a second time. No backup point was made. Start the command again.',
      { cause: error, reason: 'stream_interrupted' },
    );
  }
  throw error;
}
