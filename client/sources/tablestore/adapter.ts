import type { JobContext, JobResult } from '../../jobs/run-job';
import type { BackupOffer, RestoreOffer, SourceAdapter } from '../adapter';
import { runTablestoreBackup } from './backup/run-tablestore-backup';
import { checkInstance, listInstance } from './list-instance';
import { openInstance } from './open-source';
import { runTablestoreRestore } from './restore/run-tablestore-restore';

export interface TablestoreOptions {
  allowsPrivateEndpoints: boolean;
}

/** Tablestore instances, reached over the network from beside the engine. */
export function tablestoreAdapter(options: TablestoreOptions): SourceAdapter {
  return {
    check: (context) => checkInstance({ ...context, ...options }),
    list: (body, context) => listInstance(body, { ...context, ...options }),
    backup: (context, offer) =>
      withInstance(options, context, offer, (opened) => runTablestoreBackup(context, offer, opened)),
    restore: (context, offer) =>
      withInstance(options, context, offer, ({ source }) => runTablestoreRestore(context, offer, source)),
  };
}

async function withInstance(
  options: TablestoreOptions,
  { log }: JobContext,
  { work }: BackupOffer | RestoreOffer,
  run: (opened: Awaited<ReturnType<typeof openInstance>>) => Promise<JobResult>,
): Promise<JobResult> {
  const opened = await openInstance(work.source, {
    ...options,
    onRetry: ({ code, reason }, delayMs) =>
      log.warn({ code, reason, delayMs: Math.round(delayMs) }, 'waiting for Tablestore'),
  });
  try {
    return await run(opened);
  } finally {
    opened.source.close();
  }
}
