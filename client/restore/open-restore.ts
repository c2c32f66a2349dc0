import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameFromHex } from '@/lib/engine/core/names';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { BeginRestoreResponse, type JobOffer } from '@/lib/engine/wire';
import type { Allocate } from '@/lib/engine/wire-frames';
import type { ReportBuilder } from '../jobs/job-report';
import type { JobContext } from '../jobs/run-job';
import { ChunkFetcher } from './chunk-fetcher';
import { PageLoader } from './page-loader';
import { countSelected } from './restore-plan';

export type RestoreOffer = JobOffer & { work: { kind: 'restore' } };

/** Begins the restore at the gateway and counts what is selected. What is missing of it goes into the report. */
export async function openRestore(context: JobContext, offer: RestoreOffer, report: ReportBuilder) {
  const begun = await context.post('restore/begin', { attempt: offer.attempt }, BeginRestoreResponse);
  const source = {
    fetch: (names: readonly ChunkName[], totalBytes: number, allocate?: Allocate) =>
      context.fetchFrames('restore/chunks', names, totalBytes, allocate),
    patiently: context.patiently,
  };
  const fetcher = new ChunkFetcher(source, Buffer.from(begun.namingKey, 'base64'));
  const pages = new PageLoader(fetcher);
  const reader = new TreeReader((name) => pages.load(name));
  const rootPage = nameFromHex(begun.rootPage);
  const all = { bytes: begun.sourceBytes, files: begun.fileCount };
  const total = await countSelected(reader, rootPage, offer.work.spec.selection, all);
  for (const path of total.missing) report.skip(path, 'not in the backup point');
  context.meter.setTotals(total.bytes, total.files);
  return { begun, fetcher, reader, rootPage, total };
}
