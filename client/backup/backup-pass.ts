import { rename } from 'node:fs/promises';
import type { Chunk, ChunkName } from '@/lib/engine/core/chunk';
import { Chunker } from '@/lib/engine/core/chunker/chunker';
import { createXattrReader } from '@/lib/engine/core/posix/xattrs';
import type { ChunkRef, FileContent, FileEntry, TreeRoot } from '@/lib/engine/core/tree/entry';
import { maxInlineChunks } from '@/lib/engine/core/tree/limits';
import { ContentBuilder, TreeBuilder } from '@/lib/engine/core/tree/tree-builder';
import { type FoundEntry, lastName } from '@/lib/engine/core/walk';
import { maxNamesPerRequest } from '@/lib/engine/wire-binary';
import { CrossvaultError } from '@/lib/errors';
import { printable } from '../format';
import { explainFileError, type ReportBuilder } from '../jobs/job-report';
import type { ProgressMeter } from '../jobs/progress-meter';
import type { CachePaths } from './cache-paths';
import {
  type CachedFile,
  type CacheHeader,
  FileCacheWriter,
  type FileStamp,
  isSettled,
  pathKey,
} from './file-cache';
import { HeldPages } from './held-pages';
import { KeptEntries } from './kept-entries';
import { type PreviousFile, PreviousFiles } from './previous-files';
import { maxAheadBytes, type PlannedFile, ReadAhead } from './read-ahead';
import { isSparse, type ReadFile, readFileChunks, stampOf } from './read-file';
import { type Source, type SourceStep, walkSourceInRuns } from './source-walk';
import type { Uploader } from './uploader';

export interface PassOptions {
  source: Source;
  namingKey: Uint8Array;
  header: Omit<CacheHeader, 'pointId'>;
  parentPointId: string | null;
  isFirst: boolean;
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
interface Looked {
  step: SourceStep;
  before: PreviousFile | null;
  entry: Buffer | null;
}
interface Decided {
  step: SourceStep;
  /** An unchanged file that need not be read. */
  reuse: CachedFile | null;
  /** Its entry as it stands in the parent. */
  entry: Buffer | null;
}

interface PassOutcome {
  root: TreeRoot;
  readBytes: number;
  commitCache(pointId: string): Promise<void>;
  /** No point came of it: the next pass goes on from what this one has read. */
  keepCache(): Promise<void>;
}

const stepsPerBatch = 512;
const maxHeldAheadBytes = 32 * 1024 * 1024;

/** One walk over the source: builds the tree, sends what is new, writes the cache of the next backup. */
export class BackupPass {
  readonly #tree: TreeBuilder;
  readonly #chunker: Chunker;
  readonly #xattrs = createXattrReader();
  readonly #entries: KeptEntries;
  readonly #pages = new HeldPages();
  readonly #emit = (page: Chunk) => {
    this.#pages.add(page.name);
    return this.options.uploader.add(page);
  };
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
    this.#tree = new TreeBuilder(options.namingKey, this.#emit);
    this.#chunker = new Chunker(options.namingKey);
    const { owners } = options.source;
    this.#entries = new KeptEntries({ owners, hasXattrs: this.#xattrs !== null });
    const { filesAtATime } = options.source;
    if (filesAtATime) this.#ahead = new ReadAhead({ filesAtATime, maxHeldBytes: maxHeldAheadBytes });
  }

  /** @returns the tree and the finished cache, to be put in place once the point is committed. */
  static async run(options: PassOptions): Promise<PassOutcome> {
    const { caches, header } = options;
    await rename(caches.next, caches.partial).catch(() => {});
    const previous = await PreviousFiles.open([caches.committed, caches.partial], {
      ...header,
      parentPointId: options.parentPointId,
    });
    const cache = await FileCacheWriter.create(caches.next, header);
    const pass = new BackupPass(options, previous, cache);
    const { parentPointId, isFirst, uploader } = options;
    // A pass after the first does not go by what may have been the reason for it.
    const held = parentPointId && isFirst ? await HeldPages.read(caches.pages, parentPointId) : null;
    if (held) {
      uploader.hold(held.names);
      options.meter.setTotals(held.extent.bytes, held.extent.items);
    }
    try {
      const root = await pass.#walk();
      await options.uploader.flush();
      await options.confirm?.();
      return {
        root,
        readBytes: pass.readBytes,
        commitCache: async (pointId) => {
          await cache.commit(caches.committed, pointId);
          const { bytes, files } = root.totals;
          await pass.#pages.commit(caches.pages, pointId, { bytes, items: files });
        },
        keepCache: () => cache.close(),
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
      this.options.signal.throwIfAborted();
      for (const decided of batch) {
        const applied = this.#apply(decided);
        if (applied) await applied;
      }
    }
    if (!this.#enteredAny && this.options.report.skippedCount > 0)
      throw new CrossvaultError(
        'not_found',
        `Nothing could be read: ${this.options.source.paths.map(printable).join(', ')} is missing or unreadable on this host. No backup point was made.`,
      );
    return this.#tree.finish();
  }

  /** Where the gateway has to be asked, or files are read ahead, it is for many files at once. */
  async *#decide(): AsyncGenerator<Decided[]> {
    let batch: Looked[] = [];
    let doubtful = 0;
    const { source, report } = this.options;
    const attributes = {
      xattrs: this.#xattrs,
      onLost: (path: Uint8Array, why: string) => {
        this.#entries.addLost(path);
        report.skip(path, why);
      },
    };
    for await (const run of walkSourceInRuns(source, attributes)) {
      for (const step of run) {
        const looking = this.#look(step);
        const looked = looking instanceof Promise ? await looking : looking;
        if (looked.before && !looked.before.isTrusted) doubtful += looked.before.file.chunks.length;
        batch.push(looked);
      }
      const isWorthWaiting = doubtful > 0 || this.#ahead !== undefined;
      if (isWorthWaiting && batch.length < stepsPerBatch && doubtful < maxNamesPerRequest / 2) continue;
      yield await this.#settle(batch);
      batch = [];
      doubtful = 0;
    }
    yield await this.#settle(batch);
  }

  #look(step: SourceStep): Looked | Promise<Looked> {
    if (step.step !== 'entry' || step.found.type !== 'file') return { step, before: null, entry: null };
    const { found } = step;
    const before = this.previous.findUnchanged(pathKey(found.path.subarray(1)), stampOf(found.stats));
    return before instanceof Promise
      ? before.then((one) => this.#lookAt(step, found, one))
      : this.#lookAt(step, found, before);
  }

  #lookAt(step: SourceStep, found: FoundFile, before: PreviousFile | null): Looked {
    const entry = before?.isTrusted ? this.#entries.find(before.file, isSparse(found.stats)) : null;
    if (entry) return { step, before, entry };
    try {
      // What the system says of its attributes is about this file alone.
      void found.meta;
      return { step, before, entry };
    } catch (error) {
      return { step: { step: 'unreadable', path: found.path, error: error as Error }, before: null, entry };
    }
  }

  async #settle(batch: Looked[]): Promise<Decided[]> {
    const names = batch.flatMap(({ before }) =>
      before && !before.isTrusted ? before.file.chunks.map((chunk) => chunk.name) : [],
    );
    const known: boolean[] = [];
    for (let at = 0; at < names.length; at += maxNamesPerRequest)
      known.push(...(await this.options.known(names.slice(at, at + maxNamesPerRequest))));
    let at = 0;
    return batch.map(({ step, before, entry }) => {
      if (!before || before.isTrusted) return { step, reuse: before?.file ?? null, entry };
      const answers = known.slice(at, at + before.file.chunks.length);
      at += answers.length;
      return { step, reuse: answers.every(Boolean) ? before.file : null, entry };
    });
  }

  /** @returns what to wait for: most steps are over at once. */
  #apply(decided: Decided): Promise<void> | undefined {
    const { report, meter } = this.options;
    const { step } = decided;
    switch (step.step) {
      case 'enter':
        this.#enteredAny = true;
        report.folders++;
        return this.#tree.enterDir(step.meta);
      case 'leave':
        return this.#tree.leaveDir().then(() => {});
      case 'unreadable':
        report.skip(step.path, explainFileError(step.error));
        return;
      case 'vanished':
        report.vanished(step.path);
        return;
      case 'entry': {
        this.#enteredAny = true;
        meter.currentItem = step.found.path;
        const { found } = step;
        const adding =
          found.type === 'file'
            ? this.#addFile(found, step.readPath ?? found.path, decided)
            : this.#addOther(found);
        if (adding) return adding.then(() => void meter.itemsDone++);
        meter.itemsDone++;
        return;
      }
    }
  }

  #addOther(found: Exclude<(SourceStep & { step: 'entry' })['found'], FoundFile>): Promise<void> | undefined {
    const { meta, type } = found;
    if (type === 'symlink') {
      this.options.report.symlinks++;
      return this.#tree.add({ ...meta, type, target: found.target });
    }
    return this.#tree.add({ ...meta, type, device: found.device });
  }

  #addFile(found: FoundFile, readPath: Buffer, { reuse, entry }: Decided): Promise<void> | undefined {
    const { report, meter } = this.options;
    if (entry) {
      report.files++;
      report.unchangedFiles++;
      meter.bytesDone += found.sizeBytes;
      const name = lastName(found.path);
      return both(this.#tree.addEncodedFile(name, found.sizeBytes, entry), this.cache.add(reuse!));
    }
    const listed = stampOf(found.stats);
    const known = reuse?.chunks ?? this.#findTwin(found, listed);
    if (!known) return this.#readFile(found, readPath);
    report.unchangedFiles += reuse ? 1 : 0;
    meter.bytesDone += listed.sizeBytes;
    return this.#place(found, readPath, { stamp: listed, chunks: known, isRemembered: true });
  }

  async #readFile(found: FoundFile, readPath: Buffer): Promise<void> {
    const read = await this.#read(found, readPath);
    if (!read) return;
    const { stamp, chunks, hasChanged, startedAtMs } = read;
    const isRemembered = !hasChanged && isSettled(stamp, startedAtMs);
    await this.#place(found, readPath, { stamp, chunks, isRemembered });
    if (hasChanged) this.options.report.skip(found.path, 'changed while it was read; kept as read');
  }

  /** Puts a file into the tree, and into the cache of the next backup. */
  #place(
    found: FoundFile,
    readPath: Buffer,
    { stamp, chunks, isRemembered }: { stamp: FileStamp; chunks: ChunkRef[]; isRemembered: boolean },
  ): Promise<void> | undefined {
    this.options.report.files++;
    const add = (content: FileContent) => {
      const { mtimeNs, ctimeNs, inode } = stamp;
      const sizeBytes = chunks.reduce((sum, { length }) => sum + length, 0);
      const entry: FileEntry = { ...found.meta, type: 'file', mtimeNs, ctimeNs, inode, sizeBytes, content };
      if (isSparse(found.stats)) entry.isSparse = true;
      const { encoded, kept } = this.#entries.encode(entry, readPath);
      const added = this.#tree.addEncodedFile(entry.name, sizeBytes, encoded);
      return isRemembered ? both(added, this.#remember(found, stamp, chunks, kept)) : added;
    };
    if (chunks.length <= maxInlineChunks) return add({ kind: 'inline', chunks });
    return this.#contentOf(chunks).then(add);
  }

  async #contentOf(chunks: readonly ChunkRef[]): Promise<FileContent> {
    const content = new ContentBuilder(this.options.namingKey, this.#emit);
    for (const { name, length } of chunks) await content.add(name, length);
    return content.finish();
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

  #remember(
    found: FoundFile,
    stamp: FileStamp,
    chunks: ChunkRef[],
    extra: Buffer | undefined,
  ): Promise<void> | undefined {
    if (found.meta.hardLinkGroup !== undefined)
      this.#hardLinks.set(found.meta.hardLinkGroup, { stamp, chunks });
    return this.cache.add({ ...stamp, key: pathKey(found.path.subarray(1)), chunks, extra });
  }
}

function both(one?: Promise<void>, other?: Promise<void>): Promise<void> | undefined {
  return one && other ? Promise.all([one, other]).then(() => {}) : (one ?? other);
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
