import type { JobContext, JobResult } from '../../jobs/run-job';
import type { BackupOffer, RestoreOffer, SourceAdapter } from '../adapter';
import { runTablestoreBackup } from './backup/run-tablestore-backup';
import { checkInstance, listInstance } from './list-instance';
import { openInstance } from './open-source';
import { runTablestoreRestore } from './restore/run-tablestore-restore';

/** Tablestore instances, reached over the network from beside the engine. */
export const tablestoreAdapter: SourceAdapter = {
  check: checkInstance,
  list: listInstance,
  backup: (context, offer) =>
    withInstance(context, offer, (opened) => runTablestoreBackup(context, offer, opened)),
  restore: (context, offer) =>
    withInstance(context, offer, ({ source }) => runTablestoreRestore(context, offer, source)),
};

async function withInstance(
  { log }: JobContext,
  { work }: BackupOffer | RestoreOffer,
  run: (opened: Awaited<ReturnType<typeof openInstance>>) => Promise<JobResult>,
): Promise<JobResult> {
  const opened = await openInstance(work.source, {
    onRetry: ({ code, reason }, delayMs) =>
      log.warn({ code, reason, delayMs: Math.round(delayMs) }, 'waiting for Tablestore'),
  });
  try {
    return await run(opened);
  } finally {
    opened.source.close();
  }
}
