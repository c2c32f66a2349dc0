import { rename } from 'node:fs/promises';
import type { ChunkName } from '@/lib/engine/core/chunk';
import { Chunker } from '@/lib/engine/core/chunker/chunker';
import { createXattrReader } from '@/lib/engine/core/posix/xattrs';
import type { ChunkRef, TreeRoot } from '@/lib/engine/core/tree/entry';
import { ContentBuilder, TreeBuilder } from '@/lib/engine/core/tree/tree-builder';
import type { FoundEntry } from '@/lib/engine/core/walk';
import { maxNamesPerRequest } from '@/lib/engine/wire-binary';
import { CrossvaultError } from '@/lib/errors';
import { printable } from '../format';
import { explainFileError, type ReportBuilder } from '../jobs/job-report';
import type { ProgressMeter } from '../jobs/progress-meter';
import type { CachePaths } from './cache-paths';
import { type CacheHeader, FileCacheWriter, type FileStamp, isSettled, pathKey } from './file-cache';
import { type PreviousFile, PreviousFiles } from './previous-files';
import { maxAheadBytes, type PlannedFile, ReadAhead } from './read-ahead';
import { isSparse, type ReadFile, readFileChunks, stampOf } from './read-file';
import { type Source, type SourceStep, walkSource } from './source-walk';
import type { Uploader } from './uploader';

export interface PassOptions {
  source: Source;
  namingKey: Uint8Array;
  header: Omit<CacheHeader, 'pointId'>;
  parentPointId: string | null;
  caches: CachePaths;
  /** Asked when everything is read. @throws why there must be no point of it. */
  confirm?(): Promise<void>;
  uploader: Uploader;
  known(names: readonly ChunkName[]): Promise<boolean[]>;
  meter: ProgressMeter;
  report: ReportBuilder;
  signal: AbortSignal;
}

type FoundFile = FoundEntry & { type: 'file' };
interface Decided {
  step: SourceStep;
  /** Chunks of an unchanged file that need not be read. */
  reuse: ChunkRef[] | null;
}

const stepsPerBatch = 512;
const maxHeldAheadBytes = 32 * 1024 * 1024;

/** One walk over the source: builds the tree, sends what is new, writes the cache of the next backup. */
export class BackupPass {
  readonly #tree: TreeBuilder;
  readonly #chunker: Chunker;
  /** Chunks of files met under another name before. */
  readonly #hardLinks = new Map<bigint, { stamp: FileStamp; chunks: ChunkRef[] }>();
  /** Bytes read from files; unchanged files are not. */
  readBytes = 0;
  #enteredAny = false;
  /** Only of a source that is read many files at once. */
  readonly #ahead: ReadAhead | undefined;

  private constructor(
    private readonly options: PassOptions,
    private readonly previous: PreviousFiles,
    private readonly cache: FileCacheWriter,
  ) {
    this.#tree = new TreeBuilder(options.namingKey, (page) => options.uploader.add(page));
    this.#chunker = new Chunker(options.namingKey);
    const { filesAtATime } = options.source;
    if (filesAtATime) this.#ahead = new ReadAhead({ filesAtATime, maxHeldBytes: maxHeldAheadBytes });
  }

  /** @returns the tree and the finished cache, to be put in place once the point is committed. */
  static async run(
    options: PassOptions,
  ): Promise<{ root: TreeRoot; readBytes: number; commitCache: (pointId: string) => Promise<void> }> {
    const { caches, header } = options;
    await rename(caches.next, caches.partial).catch(() => {});
    const previous = await PreviousFiles.open([caches.committed, caches.partial], {
      ...header,
      parentPointId: options.parentPointId,
    });
    const cache = await FileCacheWriter.create(caches.next, header);
    const pass = new BackupPass(options, previous, cache);
    try {
      const root = await pass.#walk();
      await options.uploader.flush();
      await options.confirm?.();
      return {
        root,
        readBytes: pass.readBytes,
        commitCache: (pointId) => cache.commit(caches.committed, pointId),
      };
    } catch (error) {
      await cache.close();
      throw error;
    } finally {
      await previous.close();
    }
  }

  async #walk(): Promise<TreeRoot> {
    for await (const batch of this.#decide()) {
      this.#ahead?.plan(batch.flatMap(planned));
      for (const decided of batch) {
        this.options.signal.throwIfAborted();
        await this.#apply(decided);
      }
    }
    if (!this.#enteredAny && this.options.report.skippedCount > 0)
      throw new CrossvaultError(
        'not_found',
        `Nothing could be read: ${this.options.source.paths.map(printable).join(', ')} is missing or unreadable on this host. No backup point was made.`,
      );
    return this.#tree.finish();
  }

  /** Looks files up in batches, so that the gateway is asked for the chunks of many at once. */
  async *#decide(): AsyncGenerator<Decided[]> {
    let batch: { step: SourceStep; before: PreviousFile | null }[] = [];
    let doubtful = 0;
    const { source, report } = this.options;
    const attributes = {
      xattrs: createXattrReader(),
      onLost: (path: Uint8Array, why: string) => report.skip(path, why),
    };
    for await (const step of walkSource(source, attributes)) {
      const before =
        step.step === 'entry' && step.found.type === 'file' ? await this.#findBefore(step.found) : null;
      if (before && !before.isTrusted) doubtful += before.file.chunks.length;
      batch.push({ step, before });
      if (batch.length < stepsPerBatch && doubtful < maxNamesPerRequest / 2) continue;
      yield await this.#settle(batch);
      batch = [];
      doubtful = 0;
    }
    yield await this.#settle(batch);
  }

  async #findBefore(found: FoundFile): Promise<PreviousFile | null> {
    return this.previous.findUnchanged(pathKey(found.path.subarray(1)), stampOf(found.stats));
  }

  async #settle(batch: { step: SourceStep; before: PreviousFile | null }[]): Promise<Decided[]> {
    const names = batch.flatMap(({ before }) =>
      before && !before.isTrusted ? before.file.chunks.map((chunk) => chunk.name) : [],
    );
    const known: boolean[] = [];
    for (let at = 0; at < names.length; at += maxNamesPerRequest)
      known.push(...(await this.options.known(names.slice(at, at + maxNamesPerRequest))));
    let at = 0;
    return batch.map(({ step, before }) => {
      if (!before) return { step, reuse: null };
      if (before.isTrusted) return { step, reuse: before.file.chunks };
      const answers = known.slice(at, at + before.file.chunks.length);
      at += answers.length;
      return { step, reuse: answers.every(Boolean) ? before.file.chunks : null };
    });
  }

  async #apply({ step, reuse }: Decided): Promise<void> {
    const { report, meter } = this.options;
    switch (step.step) {
      case 'enter':
        this.#enteredAny = true;
        report.folders++;
        return this.#tree.enterDir(step.meta);
      case 'leave':
        await this.#tree.leaveDir();
        return;
      case 'unreadable':
        report.skip(step.path, explainFileError(step.error));
        return;
      case 'vanished':
        report.vanished(step.path);
        return;
      case 'entry':
        this.#enteredAny = true;
        meter.currentItem = printable(step.found.path);
        if (step.found.type === 'file')
          await this.#addFile(step.found, step.readPath ?? step.found.path, reuse);
        else await this.#addOther(step.found);
        meter.itemsDone++;
    }
  }

  async #addOther(found: Exclude<(SourceStep & { step: 'entry' })['found'], FoundFile>): Promise<void> {
    const { meta, type } = found;
    if (type === 'symlink') {
      this.options.report.symlinks++;
      return this.#tree.add({ ...meta, type, target: found.target });
    }
    await this.#tree.add({ ...meta, type, device: found.device });
  }

  async #addFile(found: FoundFile, readPath: Buffer, reuse: ChunkRef[] | null): Promise<void> {
    const { report, meter } = this.options;
    const listed = stampOf(found.stats);
    const known = reuse ?? this.#findTwin(found, listed);
    if (known) {
      report.unchangedFiles += reuse ? 1 : 0;
      meter.bytesDone += listed.sizeBytes;
      await this.#addToTree(found, listed, known);
      return this.#remember(found, listed, known);
    }
    const read = await this.#read(found, readPath);
    if (!read) return;
    await this.#addToTree(found, read.stamp, read.chunks);
    if (read.hasChanged) report.skip(found.path, 'changed while it was read; kept as read');
    else if (isSettled(read.stamp, read.startedAtMs)) await this.#remember(found, read.stamp, read.chunks);
  }

  async #addToTree(
    found: FoundFile,
    { mtimeNs, ctimeNs, inode }: FileStamp,
    chunks: ChunkRef[],
  ): Promise<void> {
    const { report, uploader, namingKey } = this.options;
    const content = new ContentBuilder(namingKey, (page) => uploader.add(page));
    for (const { name, length } of chunks) await content.add(name, length);
    await this.#tree.add({
      ...found.meta,
      type: 'file',
      mtimeNs,
      ctimeNs,
      inode,
      sizeBytes: content.sizeBytes,
      content: await content.finish(),
      ...(isSparse(found.stats) && { isSparse: true }),
    });
    report.files++;
  }

  #findTwin(found: FoundFile, stamp: FileStamp): ChunkRef[] | null {
    const group = found.meta.hardLinkGroup;
    const twin = group === undefined ? undefined : this.#hardLinks.get(group);
    return twin?.stamp.ctimeNs === stamp.ctimeNs && twin.stamp.sizeBytes === stamp.sizeBytes
      ? twin.chunks
      : null;
  }

  /** @returns null for a file that cannot be read; it is in the report then, unless it has just vanished. */
  async #read(found: FoundFile, readPath: Buffer): Promise<ReadFile | null> {
    const { meter, uploader, namingKey, report, signal } = this.options;
    const doneBefore = meter.bytesDone;
    try {
      return await readFileChunks(readPath, found.stats.dev, {
        chunker: this.#chunker,
        namingKey,
        ...(this.#ahead && { ahead: this.#ahead }),
        onChunk: (chunk) => {
          signal.throwIfAborted();
          return uploader.add(chunk);
        },
        onRead: (bytes) => {
          meter.bytesDone += bytes;
          this.readBytes += Math.max(bytes, 0);
        },
        onHole: (bytes) => {
          meter.bytesDone += bytes;
        },
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined && !isVanished(error)) throw error;
      meter.bytesDone = doneBefore;
      if (isVanished(error)) report.vanished(found.path);
      else report.skip(found.path, explainFileError(error));
      return null;
    }
  }

  async #remember(found: FoundFile, stamp: FileStamp, chunks: ChunkRef[]): Promise<void> {
    if (found.meta.hardLinkGroup !== undefined)
      this.#hardLinks.set(found.meta.hardLinkGroup, { stamp, chunks });
    await this.cache.add({ ...stamp, key: pathKey(found.path.subarray(1)), chunks });
  }
}

/** Small files whose bytes are asked for; sparse ones and further names of a file are not. */
function planned({ step, reuse }: Decided): PlannedFile[] {
  if (step.step !== 'entry' || step.found.type !== 'file' || reuse) return [];
  const { stats, meta, path } = step.found;
  if (stats.size > maxAheadBytes || isSparse(stats) || meta.hardLinkGroup !== undefined) return [];
  return [{ path: step.readPath ?? path, sizeBytes: Number(stats.size) }];
}

function isVanished(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
