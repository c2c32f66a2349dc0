import type { RestoreDecision } from '@/lib/engine/core/restore-decision';
import type { FileEntry } from '@/lib/engine/core/tree/entry';
import { CrossvaultError } from '@/lib/errors';
import type { ReportBuilder } from '../../jobs/job-report';
import type { JobContext } from '../../jobs/run-job';
import { isFatal } from '../../restore/failures';
import { FileBytes } from '../../restore/file-bytes';
import type { RestoreJournal } from '../../restore/journal';
import type { ReadyStep } from '../../restore/read-ahead';
import { shown } from '../../restore/shown';
import type { Bucket } from './bucket';
import { ByteBudget, type Gate } from './gate';
import { fromXattrs } from './object-metadata';
import { PartBuffers, roomFor } from './part-buffers';
import { cacheKey } from './previous-objects';
import { keyBeside, restoredKey, shownKey } from './restored-key';
import type { UploadList } from './upload-list';
import { PartedUpload, partBytesFor, putObject, singlePutBytes, type WrittenAs } from './write-object';

export interface ObjectWriterOptions {
  context: JobContext;
  bucket: Bucket;
  prefix: string;
  gate: Gate;
  report: ReportBuilder;
  journal: RestoreJournal;
  uploads: UploadList;
}

type FileStep = ReadyStep & { step: 'file' };
type Outcome = 'written' | 'skipped';
/** Wrapped, for a promise in a promise is waited for. */
interface UnderWay {
  writing: Promise<Outcome>;
}

const bytesInMemory = 128 * 1024 * 1024;
/** Even an empty object takes memory for its request. */
const leastBytes = 16 * 1024;
const maxNames = 1000;

/** Writes objects from ready steps, many at a time in bounded memory. */
export class ObjectWriter {
  readonly #budget = new ByteBudget(bytesInMemory);
  readonly #buffers = new PartBuffers(bytesInMemory);
  /** What is under way, in the order of the tree: the journal names only what lies before all that is not finished. */
  #finished: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | null = null;
  /** Bytes of objects in parts that the meter has already: a large one moves it before it is whole. */
  readonly #counted = new WeakMap<FileEntry, number>();

  constructor(private readonly options: ObjectWriterOptions) {}

  async apply(
    steps: AsyncGenerator<ReadyStep>,
    decisionOf: (entry: FileEntry) => RestoreDecision | null,
  ): Promise<void> {
    const { context, report } = this.options;
    try {
      for (;;) {
        context.signal.throwIfAborted();
        this.#requireNoFailure();
        const next = await steps.next();
        if (next.done) break;
        const step = next.value;
        if (step.step === 'unreadable') report.skip(shown(step.folder), step.error.message);
        else if (step.step === 'other')
          report.skip(shown([...step.folder, step.entry.name]), 'not an object');
        else if (step.step === 'file') await this.#addObject(step, steps, decisionOf(step.entry));
      }
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      await this.#finished;
      await steps.return(undefined);
    }
    this.#requireNoFailure();
  }

  async #addObject(
    step: FileStep,
    steps: AsyncGenerator<ReadyStep>,
    decision: RestoreDecision | null,
  ): Promise<void> {
    const { context, report, journal } = this.options;
    const path = [...step.folder, step.entry.name];
    context.meter.currentItem = shownKey(path);
    const bytes = new FileBytes(steps, step.hasChunks, () => context.signal.throwIfAborted());
    if (journal.isDone(cacheKey(path))) {
      report.files++;
      this.#count(step.entry, false);
      return bytes.drain();
    }
    if (decision === 'skip') {
      this.#finish(step.entry, path, Promise.resolve('skipped'));
      return bytes.drain();
    }
    const { writing } = await this.#write(step.entry, path, decision, bytes).catch((error) => ({
      writing: Promise.reject<Outcome>(error),
    }));
    this.#finish(step.entry, path, writing);
    await bytes.drain();
  }

  /** Reads an object's bytes. @returns what is still under way then. */
  async #write(
    entry: FileEntry,
    path: readonly Uint8Array[],
    decision: RestoreDecision | null,
    bytes: FileBytes,
  ): Promise<UnderWay> {
    const { prefix } = this.options;
    const { metadata, facts } = fromXattrs(entry.xattrs);
    const key = restoredKey(prefix, path).toString();
    const to: WrittenAs = {
      key,
      metadata,
      storageClass: facts.storageClass,
      onlyIfFree: decision === 'create' || decision === 'keep_both',
    };
    if (entry.sizeBytes > singlePutBytes) return this.#writeParts(entry, to, decision, bytes);
    const body = await this.#takeBuffer(entry.sizeBytes);
    try {
      await fill(bytes.read(), body);
      const put = () => this.#under(to, decision, (free) => putObject(this.options.bucket, free, body));
      return { writing: this.options.gate.run(put).finally(() => this.#giveBuffer(body)) };
    } catch (error) {
      this.#giveBuffer(body);
      throw error;
    }
  }

  async #takeBuffer(length: number): Promise<Buffer> {
    await this.#budget.take(Math.max(leastBytes, roomFor(length)));
    return this.#buffers.take(length);
  }

  #giveBuffer(buffer: Buffer): void {
    this.#buffers.give(buffer);
    this.#budget.give(Math.max(leastBytes, roomFor(buffer.length)));
  }

  async #writeParts(
    entry: FileEntry,
    to: WrittenAs,
    decision: RestoreDecision | null,
    bytes: FileBytes,
  ): Promise<UnderWay> {
    const { bucket, gate, uploads } = this.options;
    const free = await this.#freeKey(to, decision);
    const upload = await PartedUpload.begin(bucket, free);
    await uploads.add(free.key, upload.uploadId);
    const parts: Promise<void>[] = [];
    const size = partBytesFor(entry.sizeBytes);
    try {
      const pieces = bytes.read();
      let rest: Uint8Array = Buffer.alloc(0);
      for (let start = 0, number = 1; start < entry.sizeBytes; start += size, number++) {
        const length = Math.min(size, entry.sizeBytes - start);
        const body = await this.#takeBuffer(length);
        try {
          rest = await fill(pieces, body, rest);
        } catch (error) {
          this.#giveBuffer(body);
          throw error;
        }
        const part = gate
          .run(() => upload.put(number, body))
          .then(() => this.#countPart(entry, length))
          .finally(() => this.#giveBuffer(body));
        part.catch(() => {});
        parts.push(part);
      }
      const end = await pieces.next();
      if (rest.length > 0 || !end.done) throw longer();
    } catch (error) {
      await Promise.allSettled(parts);
      await upload.abort();
      throw error;
    }
    const complete = async (): Promise<Outcome> => {
      try {
        await Promise.all(parts);
        // The server takes no condition here: somebody else's object that came meanwhile is looked for by hand.
        if (to.onlyIfFree && decision === 'create' && (await bucket.has(free.key))) {
          await upload.abort();
          return 'skipped';
        }
        await upload.complete();
        return 'written';
      } catch (error) {
        await Promise.allSettled(parts);
        await upload.abort();
        throw error;
      }
    };
    return { writing: complete() };
  }

  /** Writes under the key, or under a free one beside it. */
  async #under(
    to: WrittenAs,
    decision: RestoreDecision | null,
    write: (to: WrittenAs) => Promise<void>,
  ): Promise<Outcome> {
    for (;;) {
      try {
        await write(await this.#freeKey(to, decision));
        return 'written';
      } catch (error) {
        if ((error as CrossvaultError).reason !== 'object_changed' || !to.onlyIfFree) throw error;
        // Somebody else wrote it first.
        if (decision === 'create') return 'skipped';
      }
    }
  }

  async #freeKey(to: WrittenAs, decision: RestoreDecision | null): Promise<WrittenAs> {
    if (decision !== 'keep_both') return to;
    for (let number = 1; number <= maxNames; number++) {
      const key = keyBeside(to.key, number);
      if (!(await this.options.bucket.has(key))) return { ...to, key };
    }
    throw new CrossvaultError('already_exists', `there are ${maxNames} restored copies of it already`);
  }

  #finish(entry: FileEntry, path: readonly Uint8Array[], writing: Promise<Outcome>): void {
    const { journal, report, context } = this.options;
    const settled = writing.then(
      (outcome) => {
        if (outcome === 'skipped') report.unchangedFiles++;
        else report.files++;
        return true;
      },
      (error) => {
        if (isFatal(error, context.signal)) this.#failure ??= { error };
        else report.skip(shownKey(path), (error as Error).message);
        return false;
      },
    );
    this.#finished = Promise.all([this.#finished, settled]).then(([, isWritten]) => {
      this.#count(entry, isWritten);
      if (isWritten && !this.#failure) journal.markDone(cacheKey(path));
    });
  }

  #count(entry: FileEntry, isWritten: boolean): void {
    const { meter } = this.options.context;
    const rest = entry.sizeBytes - (this.#counted.get(entry) ?? 0);
    meter.bytesDone += rest;
    meter.itemsDone++;
    if (isWritten) meter.transferredBytes += rest;
  }

  #countPart(entry: FileEntry, bytes: number): void {
    const { meter } = this.options.context;
    meter.bytesDone += bytes;
    meter.transferredBytes += bytes;
    this.#counted.set(entry, (this.#counted.get(entry) ?? 0) + bytes);
  }

  #requireNoFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

/** Fills a buffer to its end. @returns what was read beyond it. @throws when there is less, or more than the object's size. */
async function fill(
  pieces: AsyncGenerator<Uint8Array>,
  body: Buffer,
  rest: Uint8Array = Buffer.alloc(0),
): Promise<Uint8Array> {
  let filled = 0;
  let piece = rest;
  for (;;) {
    const part = piece.subarray(0, body.length - filled);
    body.set(part, filled);
    filled += part.length;
    if (filled === body.length) return piece.subarray(part.length);
    const next = await pieces.next();
    if (next.done) throw new CrossvaultError('corrupt_data', 'its bytes in the backup end early');
    piece = next.value;
  }
}

function longer(): CrossvaultError {
  return new CrossvaultError('corrupt_data', 'the backup holds more bytes of it than its size says');
}
