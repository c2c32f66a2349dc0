import { decideRestore } from '@/lib/engine/core/restore-decision';
import type { ConflictPolicy } from '@/lib/engine/core/restore-options';
import type { FileEntry, SpecialEntry, SymlinkEntry } from '@/lib/engine/core/tree/entry';
import { explainFileError, ReportBuilder } from '../jobs/job-report';
import type { JobContext, JobResult } from '../jobs/run-job';
import { ChangeCount, changeOf } from './change-count';
import { DestinationView } from './destination-view';
import { isFatal } from './failures';
import type { DryRunTarget } from './inspect-target';
import { openRestore, type RestoreOffer } from './open-restore';
import { planRestore, type RestoreStep } from './restore-plan';
import { shown } from './shown';

/** Walks a host's folder as the restore would and counts what it would create, replace and leave. Writes nothing. */
export async function runDryRun(
  context: JobContext,
  offer: RestoreOffer,
  targetPath: string,
  { root, freeBytes }: DryRunTarget,
): Promise<JobResult> {
  const { selection, conflictPolicy } = offer.work.spec;
  const report = new ReportBuilder();
  const changes = new ChangeCount();
  changes.freeBytes = freeBytes;
  const { begun, reader, rootPage } = await openRestore(context, offer, report);
  const run = new DryRun(context, new DestinationView(root), conflictPolicy, changes, report);
  const plan = planRestore({
    reader,
    root: rootPage,
    selection,
    isFatal: (error) => isFatal(error, context.signal),
    needsBytes: async () => false,
  });
  for await (const step of plan) run.take(step);
  report.changes = changes.build();
  return {
    outcome: report.skippedCount > 0 ? 'partial' : 'complete',
    report: report.build(),
    summary: { pointId: begun.pointId, targetPath },
  };
}

class DryRun {
  constructor(
    private readonly context: JobContext,
    private readonly destination: DestinationView,
    private readonly policy: ConflictPolicy,
    private readonly changes: ChangeCount,
    private readonly report: ReportBuilder,
  ) {}

  take(step: RestoreStep): void {
    this.context.signal.throwIfAborted();
    if (step.step === 'dir') this.#addFolder(step.folder, step.entry.name);
    else if (step.step === 'unreadable') this.report.skip(shown(step.folder), explainFileError(step.error));
    else if (step.step === 'file') this.#addFile(step.folder, step.entry);
    else if (step.step === 'other') this.#addOther(step.folder, step.entry);
  }

  #addFolder(folder: readonly Uint8Array[], name: Uint8Array): void {
    const path = [...folder, name];
    const state = this.destination.folderState(path);
    if (state === 'missing') this.report.folders++;
    if (state !== 'in_the_way' || this.destination.folderState(folder) === 'in_the_way') return;
    if (this.policy === 'overwrite') this.changes.add('overwritten', shown(path), 0);
    else this.report.skip(shown(path), 'what is there is not a folder, and is to be kept');
  }

  #addFile(folder: readonly Uint8Array[], entry: FileEntry): void {
    const { meter } = this.context;
    meter.itemsDone++;
    meter.bytesDone += entry.sizeBytes;
    if (this.#add(folder, entry, entry.sizeBytes)) this.report.files++;
  }

  #addOther(folder: readonly Uint8Array[], entry: SymlinkEntry | SpecialEntry): void {
    if (entry.type === 'symlink') {
      if (this.#add(folder, entry, 0)) this.report.symlinks++;
    } else if (entry.type === 'fifo') this.#add(folder, entry, 0);
    else
      this.report.skip(shown([...folder, entry.name]), `a ${entry.type.replace('_', ' ')} is not restored`);
  }

  /** @returns false when what stands in the place of its folder keeps it out. */
  #add(
    folder: readonly Uint8Array[],
    entry: FileEntry | SymlinkEntry | SpecialEntry,
    bytes: number,
  ): boolean {
    if (this.policy !== 'overwrite' && this.destination.folderState(folder) === 'in_the_way') return false;
    const path = [...folder, entry.name];
    this.context.meter.currentItem = shown(path);
    const decision = decideRestore(this.policy, entry, this.destination.find(folder, entry.name));
    this.changes.add(changeOf[decision], shown(path), bytes);
    return true;
  }
}
