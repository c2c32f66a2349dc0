import type { JobRow } from './internal';
import { BackupSpec, RestoreSpec } from './schemas';

/**
 * Why a job ends with the process that began it, for nobody else has the other end of its bytes; null for one that its
 * client takes up again.
 */
export function whyBoundToProcess(job: Pick<JobRow, 'kind' | 'spec'>): string | null {
  if (job.kind === 'restore') {
    const { destination } = RestoreSpec.parse(job.spec);
    if (destination.kind !== 'hana' || !destination.pipes) return null;
    return 'The Backint agent went away before all of it was restored. Start the recovery again in HANA.';
  }
  const { stream, backint } = BackupSpec.parse(job.spec);
  if (stream)
    return 'The command on the host went away before the stream was whole, and a stream cannot be taken up again. Start it again on the host.';
  if (backint)
    return 'The Backint agent went away before the backup was whole. HANA makes a log backup again by itself; start a data backup again in HANA.';
  return null;
}
