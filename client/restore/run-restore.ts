import { lstat, mkdir, realpath } from 'node:fs/promises';
import type { OwnerIds } from '@/lib/engine/core/restore-attributes';
import { RestoreWriter } from '@/lib/engine/core/restore-writer';
import type { FileEntry } from '@/lib/engine/core/tree/entry';
import { joinPath } from '@/lib/engine/core/walk';
import { CrossvaultError } from '@/lib/errors';
import { pathKey } from '../backup/file-cache';
import { readOwnerIds } from '../backup/owners';
import { explainFileError, ReportBuilder } from '../jobs/job-report';
import type { JobContext, JobResult } from '../jobs/run-job';
import { explainFatal, isFatal } from './failures';
import { FileBytes } from './file-bytes';
import { inspectTarget } from './inspect-target';
import { journalPath, RestoreJournal } from './journal';
import { openRestore, type RestoreOffer } from './open-restore';
import { type ReadyStep, readAhead } from './read-ahead';
import { planRestore } from './restore-plan';
import { runDryRun } from './run-dry-run';
import { joinNames, shown } from './shown';

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
    onWarning: (path, error) =>
      report.skip(shown(path), `restored without all its attributes: ${error.message}`),
  });
  const run = new RestoreRun(context, writer, journal, report, total.bytes);
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
    await run.apply(readAhead(plan, fetcher));
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

/** Applies ready steps to the filesystem, one file after the other. */
class RestoreRun {
  constructor(
    private readonly context: JobContext,
    private readonly writer: RestoreWriter,
    private readonly journal: RestoreJournal,
    private readonly report: ReportBuilder,
    private readonly declaredBytes: number,
  ) {}

  async apply(steps: AsyncGenerator<ReadyStep>): Promise<void> {
    for (;;) {
      this.context.signal.throwIfAborted();
      const next = await steps.next();
      if (next.done) return;
      const step = next.value;
      if (step.step === 'dir') {
        if (
          await this.#tolerate([...step.folder, step.entry.name], () =>
            this.writer.dir(step.folder, step.entry),
          )
        )
          this.report.folders++;
      } else if (step.step === 'unreadable')
        this.report.skip(shown(step.folder), explainFileError(step.error));
      else if (step.step === 'other') await this.#addOther(step);
      else if (step.step === 'file') await this.#addFile(step, steps);
    }
  }

  async finish(): Promise<void> {
    const { links, failures } = await this.writer.finish();
    this.report.symlinks = links;
    for (const { path, error } of failures) {
      if (isFatal(error, this.context.signal)) throw error;
      this.report.skip(shown(path), explainFileError(error));
    }
  }

  async #addOther({ folder, entry }: ReadyStep & { step: 'other' }): Promise<void> {
    const path = [...folder, entry.name];
    this.context.meter.itemsDone++;
    await this.#tolerate(path, async () => {
      if (entry.type === 'symlink') this.writer.symlink(folder, entry);
      else if ((await this.writer.special(folder, entry)) === 'skipped') this.report.unchangedFiles++;
      else this.report.files++;
    });
  }

  async #addFile(file: ReadyStep & { step: 'file' }, steps: AsyncGenerator<ReadyStep>): Promise<void> {
    const { folder, entry, hasChunks } = file;
    const { meter } = this.context;
    const path = [...folder, entry.name];
    const key = keyOf(folder, entry);
    const doneBefore = meter.bytesDone;
    meter.currentItem = shown(path);
    if (this.journal.isDone(key)) this.report.files++;
    else {
      const bytes = new FileBytes(steps, hasChunks, (count) => {
        this.context.signal.throwIfAborted();
        meter.bytesDone += count;
        meter.transferredBytes += count;
        if (meter.transferredBytes > this.declaredBytes) throw tooLarge(this.declaredBytes);
      });
      const isWritten = await this.#tolerate(path, async () => {
        const outcome = await this.writer.file(folder, entry, () => bytes.read());
        if (outcome === 'skipped') this.report.unchangedFiles++;
        else this.report.files++;
      });
      await bytes.drain();
      if (isWritten) this.journal.markDone(key);
    }
    meter.bytesDone = doneBefore + entry.sizeBytes;
    meter.itemsDone++;
  }

  /** @returns whether it worked; if not, the entry is in the report. */
  async #tolerate(path: readonly Uint8Array[], act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      if (isFatal(error, this.context.signal)) throw error;
      this.report.skip(shown(path), explainFileError(error));
      return false;
    }
  }
}

/** @throws `invalid_input` for a destination that this client cannot write to. */
function hostPathOf({ work }: RestoreOffer): string {
  const { destination } = work.spec;
  if (destination.kind === 'host') return destination.targetPath;
  throw new CrossvaultError('invalid_input', `This client does not restore to ${destination.kind}.`, {
    reason: 'destination_unsupported',
  });
}

/** No answer to a disk that a hostile tree would fill: the sizes of its folders are what the console showed. */
function tooLarge(declaredBytes: number): CrossvaultError {
  return new CrossvaultError(
    'corrupt_data',
    `The backup point holds more than the ${declaredBytes} bytes that it declares. The restore was stopped.`,
    { reason: 'larger_than_declared' },
  );
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

function keyOf(folder: readonly Uint8Array[], entry: FileEntry): Buffer {
  return pathKey(joinNames([...folder, entry.name]));
}
