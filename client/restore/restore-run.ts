import { gather, maxMadeBytes } from '@/lib/engine/core/file-maker';
import type { RestoreWriter } from '@/lib/engine/core/restore-writer';
import { Slots } from '@/lib/engine/core/slots';
import type { FileEntry } from '@/lib/engine/core/tree/entry';
import { CrossvaultError } from '@/lib/errors';
import { pathKey } from '../backup/file-cache';
import { explainFileError, type ReportBuilder } from '../jobs/job-report';
import type { JobContext } from '../jobs/run-job';
import { isFatal } from './failures';
import { FileBytes } from './file-bytes';
import type { RestoreJournal } from './journal';
import type { ReadyStep } from './read-ahead';
import { joinNames, shown } from './shown';

/** Small files under way: enough to keep every thread busy while others are given their names. */
const filesInFlight = 64;

interface RestoreRunOptions {
  context: JobContext;
  writer: RestoreWriter;
  journal: RestoreJournal;
  report: ReportBuilder;
  /** What the folders of the point say that they hold. */
  declaredBytes: number;
}

/** Applies ready steps to the filesystem: large files one after the other, small ones many at a time. */
export class RestoreRun {
  readonly #slots = new Slots(filesInFlight);
  /** What is under way, in the order of the tree: the journal names only what lies before all that is not finished. */
  #finished: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | null = null;

  constructor(private readonly options: RestoreRunOptions) {}

  async apply(steps: AsyncGenerator<ReadyStep>): Promise<void> {
    try {
      for (;;) {
        this.options.context.signal.throwIfAborted();
        this.#requireNoFailure();
        const next = await steps.next();
        if (next.done) break;
        await this.#applyStep(next.value, steps);
      }
    } finally {
      await this.#finished;
      await steps.return(undefined);
    }
    this.#requireNoFailure();
  }

  async finish(): Promise<void> {
    const { context, writer, report } = this.options;
    const { links, failures } = await writer.finish();
    report.symlinks = links;
    for (const { path, error } of failures) {
      if (isFatal(error, context.signal)) throw error;
      report.skip(shown(path), explainFileError(error));
    }
  }

  async #applyStep(step: ReadyStep, steps: AsyncGenerator<ReadyStep>): Promise<void> {
    const { writer, report } = this.options;
    if (step.step === 'dir') {
      const { folder, entry } = step;
      if (await this.#tolerate([...folder, entry.name], () => writer.dir(folder, entry))) report.folders++;
    } else if (step.step === 'unreadable') report.skip(shown(step.folder), explainFileError(step.error));
    else if (step.step === 'other') await this.#addOther(step);
    else if (step.step === 'file') await this.#addFile(step, steps);
  }

  async #addOther({ folder, entry }: ReadyStep & { step: 'other' }): Promise<void> {
    const { context, writer, report } = this.options;
    const path = [...folder, entry.name];
    context.meter.itemsDone++;
    await this.#tolerate(path, async () => {
      if (entry.type === 'symlink') writer.symlink(folder, entry);
      else if ((await writer.special(folder, entry)) === 'skipped') report.unchangedFiles++;
      else report.files++;
    });
  }

  async #addFile(file: ReadyStep & { step: 'file' }, steps: AsyncGenerator<ReadyStep>): Promise<void> {
    const { folder, entry, hasChunks } = file;
    const { context, report, journal, declaredBytes } = this.options;
    const { meter } = context;
    const path = [...folder, entry.name];
    const key = keyOf(folder, entry);
    meter.currentItem = shown(path);
    if (journal.isDone(key)) {
      report.files++;
      meter.bytesDone += entry.sizeBytes;
      meter.itemsDone++;
      return;
    }
    let counted = 0;
    const onBytes = (count: number) => {
      context.signal.throwIfAborted();
      counted += count;
      meter.bytesDone += count;
      meter.transferredBytes += count;
      if (meter.transferredBytes > declaredBytes) throw tooLarge(declaredBytes);
    };
    const isSmall = hasChunks && entry.sizeBytes <= maxMadeBytes;
    const bytes = new FileBytes(steps, hasChunks, onBytes, isSmall);
    const write = isSmall ? await this.#readSmall(bytes, entry) : () => bytes.read();
    if (isSmall) await this.#slots.take();
    const written = this.#write(folder, entry, write);
    if (isSmall)
      written.then(() => {
        bytes.release();
        this.#slots.give();
      });
    this.#finished = Promise.all([this.#finished, written]).then(([, isWritten]) => {
      meter.bytesDone += entry.sizeBytes - counted;
      meter.itemsDone++;
      if (isWritten && !this.#failure) journal.markDone(key);
    });
    if (isSmall) return;
    await written;
    if (!this.#failure) await bytes.drain();
  }

  /** A small file's bytes lie in memory before it is begun. @returns what hands them out, or says why there are none. */
  async #readSmall(bytes: FileBytes, entry: FileEntry): Promise<() => AsyncIterable<Uint8Array>> {
    let parts: Uint8Array[] = [];
    let failure: { error: unknown } | null = null;
    try {
      parts = await gather(bytes.read(), entry.sizeBytes);
    } catch (error) {
      if (isFatal(error, this.options.context.signal)) throw error;
      failure = { error };
    }
    await bytes.drain();
    return async function* () {
      if (failure) throw failure.error;
      yield* parts;
    };
  }

  /** Never rejects. */
  async #write(
    folder: readonly Uint8Array[],
    entry: FileEntry,
    content: () => AsyncIterable<Uint8Array>,
  ): Promise<boolean> {
    const { writer, report } = this.options;
    try {
      return await this.#tolerate([...folder, entry.name], async () => {
        const outcome = await writer.file(folder, entry, content);
        if (outcome === 'skipped') report.unchangedFiles++;
        else report.files++;
      });
    } catch (error) {
      this.#failure ??= { error };
      return false;
    }
  }

  #requireNoFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** @returns whether it worked; if not, the entry is in the report. */
  async #tolerate(path: readonly Uint8Array[], act: () => Promise<void>): Promise<boolean> {
    const { context, report } = this.options;
    try {
      await act();
      return true;
    } catch (error) {
      if (isFatal(error, context.signal)) throw error;
      report.skip(shown(path), explainFileError(error));
      return false;
    }
  }
}

export function keyOf(folder: readonly Uint8Array[], entry: FileEntry): Buffer {
  return pathKey(joinNames([...folder, entry.name]));
}

/** No answer to a disk that a hostile tree would fill: the sizes of its folders are what the console showed. */
function tooLarge(declaredBytes: number): CrossvaultError {
  return new CrossvaultError(
    'corrupt_data',
    `The backup point holds more than the ${declaredBytes} bytes that it declares. The restore was stopped.`,
    { reason: 'larger_than_declared' },
  );
}
