import { lstat, mkdir, realpath } from 'node:fs/promises';
import type { OwnerIds } from '@/lib/engine/core/restore-attributes';
import { RestoreWriter } from '@/lib/engine/core/restore-writer';
import type { FileEntry } from '@/lib/engine/core/tree/entry';
import { joinPath } from '@/lib/engine/core/walk';
import { sharedPool } from '@/lib/engine/core/work/pool';
import { CrossvaultError } from '@/lib/errors';
import { readOwnerIds } from '../backup/owners';
import { explainFileError, ReportBuilder } from '../jobs/job-report';
import type { JobContext, JobResult } from '../jobs/run-job';
import { explainFatal, isFatal } from './failures';
import { inspectTarget } from './inspect-target';
import { journalPath, RestoreJournal } from './journal';
import { openRestore, type RestoreOffer } from './open-restore';
import { readAhead } from './read-ahead';
import { planRestore } from './restore-plan';
import { keyOf, RestoreRun } from './restore-run';
import { runDryRun } from './run-dry-run';
import { shown } from './shown';

/** Restores what the offer names below a folder of this host. A file that fails is reported and the others go on. */
export async function runRestore(context: JobContext, offer: RestoreOffer): Promise<JobResult> {
  const targetPath = hostPathOf(offer);
  if (offer.work.spec.isDryRun) return runDryRun(context, offer, targetPath, await inspectTarget(targetPath));
  const root = await prepareTarget(targetPath);
  return restoreFiles(context, offer, { root, targetPath, ownerIds: await readOwnerIds() });
}

export interface RestorePlace {
  root: Buffer;
  /** As people call it. */
  targetPath: string;
  ownerIds?: OwnerIds;
  /** Asked when everything is written. @throws why it may not be where it should be. */
  confirm?(): Promise<void>;
}

export async function restoreFiles(
  context: JobContext,
  offer: RestoreOffer,
  { root, targetPath, ownerIds, confirm }: RestorePlace,
): Promise<JobResult> {
  const { spec } = offer.work;
  const report = new ReportBuilder();
  const { begun, fetcher, reader, rootPage, total } = await openRestore(context, offer, report);
  await context.folder.prepare('restores');
  const journal = await RestoreJournal.open(journalPath(context.folder, offer.jobId));
  const writer = new RestoreWriter({
    root,
    conflict: spec.conflictPolicy,
    ownerIds,
    makeDevices: process.env.CROSSVAULT_MAKE_DEVICES === '1',
    pool: sharedPool(),
    onWarning: (path, error) =>
      report.skip(shown(path), `restored without all its attributes: ${error.message}`),
  });
  const run = new RestoreRun({ context, writer, journal, report, declaredBytes: total.bytes });
  const plan = planRestore({
    reader,
    root: rootPage,
    selection: spec.selection,
    isFatal: (error) => isFatal(error, context.signal),
    needsBytes: async (folder, entry) => {
      if (journal.isDone(keyOf(folder, entry))) return false;
      return spec.conflictPolicy !== 'skip' || !(await exists(folder, entry, root));
    },
  });
  try {
    await run.apply(readAhead(plan, fetcher, { isLeased: true }));
    await run.finish();
    await confirm?.();
  } catch (error) {
    throw explainFatal(error, targetPath);
  } finally {
    writer.close();
    journal.close();
  }
  return {
    outcome: report.skippedCount > 0 ? 'partial' : 'complete',
    report: report.build(),
    summary: {
      pointId: begun.pointId,
      writtenBytes: context.meter.transferredBytes,
      targetPath,
    },
  };
}

/** @throws `invalid_input` for a destination that this client cannot write to. */
function hostPathOf({ work }: RestoreOffer): string {
  const { destination } = work.spec;
  if (destination.kind === 'host') return destination.targetPath;
  throw new CrossvaultError('invalid_input', `This client does not restore to ${destination.kind}.`, {
    reason: 'destination_unsupported',
  });
}

/** The target's parts may be links, by the operator's choice; nothing below it is followed. */
async function prepareTarget(targetPath: string): Promise<Buffer> {
  if (!targetPath.startsWith('/'))
    throw new CrossvaultError('invalid_input', `"${targetPath}" is not an absolute path.`);
  try {
    await mkdir(targetPath, { recursive: true });
    return await realpath(targetPath, { encoding: 'buffer' });
  } catch (cause) {
    throw new CrossvaultError(
      'state_conflict',
      `Nothing can be restored below ${targetPath} (${explainFileError(cause)}). Nothing was changed there; choose another folder or give this client the right to it.`,
      { reason: 'target_unusable', cause },
    );
  }
}

async function exists(folder: readonly Uint8Array[], entry: FileEntry, root: Buffer): Promise<boolean> {
  const path = [...folder, entry.name].reduce<Buffer>((above, name) => joinPath(above, name), root);
  return lstat(path).then(
    () => true,
    () => false,
  );
}
