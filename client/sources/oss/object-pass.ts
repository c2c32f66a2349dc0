import { createHash } from 'node:crypto';
import { Chunker } from '@/lib/engine/core/chunker/chunker';
import { dataChunking } from '@/lib/engine/core/chunker/fastcdc';
import { computeName } from '@/lib/engine/core/names';
import type { ChunkRef, EntryMeta, FileContent } from '@/lib/engine/core/tree/entry';
import { ContentBuilder, TreeBuilder } from '@/lib/engine/core/tree/tree-builder';
import { turnIsOver } from '@/lib/engine/core/turns';
import { maxNamesPerRequest } from '@/lib/engine/wire-binary';
import { CrossvaultError } from '@/lib/errors';
import type { FileCacheWriter } from '../../backup/file-cache';
import type { TreePass, TreePassResult } from '../../backup/run-tree-backup';
import type { Bucket } from './bucket';
import type { ByteBudget, Gate } from './gate';
import type { ListedObject } from './listed-object';
import { ObjectBody, type ReadPart, withBodies } from './object-bodies';
import { type ObjectMetadata, toXattrs, withFacts } from './object-metadata';
import type { ObjectStep } from './object-steps';
import {
  cacheKey,
  encodeXattrs,
  type KnownObject,
  mtimeNs,
  type PreviousObjects,
  stampOf,
} from './previous-objects';
import { lookAgain } from './read-object';

export interface ObjectPassOptions {
  pass: TreePass;
  bucket: Bucket;
  steps: AsyncGenerator<ObjectStep>;
  previous: PreviousObjects;
  /** Of what this pass has read, for an attempt that takes over. */
  cache: FileCacheWriter;
  gate: Gate;
  budget: ByteBudget;
  readPart: ReadPart;
}

type ObjectAt = ObjectStep & { step: 'object' };
interface Decided {
  step: ObjectStep;
  known: KnownObject | null;
}
interface ReadObject {
  chunks: ChunkRef[];
  metadata: ObjectMetadata;
  /** Its bytes do not make up the etag that the server gave it, read twice. */
  isDoubtful: boolean;
}

const stepsPerBatch = 512;
const maxReadingsOfOne = 3;
/** What an interrupted backup reads again at most, beside what was under way. */
const flushCacheEveryBytes = 16 * 1024 * 1024;
const folderMeta = { mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n };
const objectMode = 0o644;

/** One listing of a bucket: builds the tree, reads what has changed, sends what is new. */
export class ObjectPass {
  readonly #tree: TreeBuilder;
  readonly #chunker: Chunker;
  #readBytes = 0;
  #uncachedBytes = 0;
  /** Keys of objects that were replaced after they had been listed. */
  readonly #changed = { count: 0, first: '' };

  constructor(private readonly options: ObjectPassOptions) {
    const { namingKey, uploader } = options.pass;
    this.#tree = new TreeBuilder(namingKey, (page) => uploader.add(page));
    this.#chunker = new Chunker(namingKey);
  }

  async run(): Promise<Pick<TreePassResult, 'root' | 'readBytes'>> {
    const { pass, gate, budget, readPart } = this.options;
    const wanted = ({ step, known }: Decided) => (step.step === 'object' && !known ? step.object : null);
    const ahead = { gate, budget, readPart, maxSteps: 2 * stepsPerBatch };
    for await (const { step: decided, body } of withBodies(this.#decide(), wanted, ahead)) {
      try {
        pass.signal.throwIfAborted();
        await this.#apply(decided, body);
      } finally {
        body?.close();
      }
    }
    const { report } = pass;
    if (report.files === 0 && report.skippedCount > 0) throw nothingRead(this.options.bucket.name);
    if (this.#changed.count > 0) report.note(aboutChanged(this.#changed));
    return { root: await this.#tree.finish(), readBytes: this.#readBytes };
  }

  /** Looks objects up in batches, so that the gateway is asked for the chunks of many at once. */
  async *#decide(): AsyncGenerator<Decided> {
    let batch: Decided[] = [];
    let doubtful = 0;
    for await (const step of this.options.steps) {
      const known =
        step.step === 'object' ? await this.options.previous.findUnchanged(step.object, step.path) : null;
      if (known?.from === 'attempt') doubtful += known.chunks.length;
      batch.push({ step, known });
      // Nothing to ask for: no reason to wait for more.
      const isFull = batch.length >= stepsPerBatch || doubtful >= maxNamesPerRequest / 2;
      if (doubtful > 0 && !isFull) continue;
      yield* doubtful > 0 ? await this.#ask(batch) : batch;
      batch = [];
      doubtful = 0;
    }
    yield* await this.#ask(batch);
  }

  async #ask(batch: Decided[]): Promise<Decided[]> {
    const names = batch.flatMap(({ known }) =>
      known?.from === 'attempt' ? known.chunks.map((chunk) => chunk.name) : [],
    );
    const answers: boolean[] = [];
    for (let at = 0; at < names.length; at += maxNamesPerRequest)
      answers.push(...(await this.options.pass.known(names.slice(at, at + maxNamesPerRequest))));
    let at = 0;
    return batch.map((decided) => {
      if (decided.known?.from !== 'attempt') return decided;
      const count = decided.known.chunks.length;
      const isThere = answers.slice(at, at + count).every(Boolean);
      at += count;
      return isThere ? decided : { ...decided, known: null };
    });
  }

  async #apply({ step, known }: Decided, body: ObjectBody | null): Promise<void> {
    const { meter, report } = this.options.pass;
    if (step.step === 'enter') {
      report.folders++;
      return this.#tree.enterDir({ ...folderMeta, name: step.name });
    }
    if (step.step === 'leave') {
      await this.#tree.leaveDir();
      return;
    }
    meter.currentItem = step.object.key.toString();
    if (known) await this.#keep(step, known);
    else await this.#read(step, body!);
    meter.itemsDone++;
  }

  async #keep({ object, path }: ObjectAt, known: KnownObject): Promise<void> {
    const { meter, report } = this.options.pass;
    const xattrs = withFacts(known.xattrs, object);
    const content = known.from === 'parent' ? known.content : await this.#contentOf(known.chunks);
    await this.#add(object, path, content, xattrs);
    if (known.from === 'attempt') await this.#remember(object, path, known.chunks, xattrs);
    meter.bytesDone += object.sizeBytes;
    report.unchangedFiles++;
  }

  async #read(step: ObjectAt, first: ObjectBody): Promise<void> {
    const { meter, report } = this.options.pass;
    const doneBefore = meter.bytesDone;
    const key = step.object.key.toString();
    try {
      const found = await this.#readUntilSteady(step.object, first);
      if (!found) return report.vanished(key);
      const { object, read } = found;
      if (object !== step.object && this.#changed.count++ === 0) this.#changed.first = key;
      if (read.isDoubtful) report.skip(key, 'its bytes do not match its etag; kept as they were read');
      const xattrs = toXattrs(read.metadata, object);
      await this.#add(object, step.path, await this.#contentOf(read.chunks), xattrs);
      if (!read.isDoubtful) await this.#remember(object, step.path, read.chunks, xattrs);
    } catch (error) {
      if (!isAboutOneObject(error)) throw error;
      meter.bytesDone = doneBefore;
      report.skip(key, error.message);
    }
  }

  /** @returns null for an object that is gone. @throws `object_changed` for one that changes at each attempt. */
  async #readUntilSteady(
    listed: ListedObject,
    first: ObjectBody,
  ): Promise<{ object: ListedObject; read: ReadObject } | null> {
    const { bucket, budget, gate, readPart, pass } = this.options;
    let object = listed;
    let body = first;
    for (let reading = 1; ; reading++) {
      const doneBefore = pass.meter.bytesDone;
      try {
        const read = await this.#readBody(body);
        if (!read.isDoubtful || reading === maxReadingsOfOne) return { object, read };
      } catch (error) {
        const { reason } = error as CrossvaultError;
        if (reason === 'object_gone') return null;
        if (reason !== 'object_changed' || reading === maxReadingsOfOne) throw error;
        const now = await lookAgain(bucket, object);
        if (!now) return null;
        object = now;
      } finally {
        body.close();
      }
      pass.meter.bytesDone = doneBefore;
      body = new ObjectBody(object, budget);
      void body.fetch(gate, readPart);
    }
  }

  async #readBody(body: ObjectBody): Promise<ReadObject> {
    const { object } = body;
    const { signal, meter } = this.options.pass;
    const etag = /^[0-9a-f]{32}$/i.test(object.etag) ? object.etag.toLowerCase() : null;
    const md5 = etag ? createHash('md5') : null;
    const chunks: ChunkRef[] = [];
    let metadata: ObjectMetadata = {};
    let isEtagOfBytes = true;
    const isOneChunk = object.sizeBytes <= dataChunking.minBytes;
    this.#chunker.reset();
    for (let part = await body.next(); part; part = await body.next()) {
      signal.throwIfAborted();
      const { bytes } = part;
      metadata = part.metadata ?? metadata;
      isEtagOfBytes &&= part.isEtagOfBytes;
      md5?.update(bytes);
      meter.bytesDone += bytes.length;
      this.#readBytes += bytes.length;
      if (isOneChunk) {
        if (bytes.length > 0) await this.#send(bytes, chunks);
      } else await this.#cut(bytes, chunks);
    }
    for (let chunk = this.#chunker.next(true); chunk; chunk = this.#chunker.next(true))
      await this.#send(chunk, chunks);
    await turnIsOver();
    return { chunks, metadata, isDoubtful: isEtagOfBytes && md5 !== null && md5.digest('hex') !== etag };
  }

  async #cut(bytes: Buffer, chunks: ChunkRef[]): Promise<void> {
    for (let rest: Uint8Array = bytes; rest.length > 0; ) {
      const space = this.#chunker.space();
      const part = rest.subarray(0, space.length);
      space.set(part);
      this.#chunker.advance(part.length);
      rest = rest.subarray(part.length);
      for (let chunk = this.#chunker.next(false); chunk; chunk = this.#chunker.next(false))
        await this.#send(chunk, chunks);
    }
  }

  async #send(bytes: Uint8Array, chunks: ChunkRef[]): Promise<void> {
    const { namingKey, uploader } = this.options.pass;
    const name = computeName(namingKey, 'data', bytes);
    chunks.push({ name, length: bytes.length });
    await uploader.add({ name, type: 'data', bytes });
  }

  async #contentOf(chunks: readonly ChunkRef[]): Promise<FileContent> {
    const { namingKey, uploader } = this.options.pass;
    const content = new ContentBuilder(namingKey, (page) => uploader.add(page));
    for (const { name, length } of chunks) await content.add(name, length);
    return content.finish();
  }

  async #add(
    object: ListedObject,
    path: readonly Uint8Array[],
    content: FileContent,
    xattrs: NonNullable<EntryMeta['xattrs']>,
  ): Promise<void> {
    const { sizeBytes } = object;
    const meta = { name: path.at(-1)!, mode: objectMode, uid: 0, gid: 0, mtimeNs: mtimeNs(object), xattrs };
    await this.#tree.add({ ...meta, type: 'file', sizeBytes, content });
    this.options.pass.report.files++;
  }

  async #remember(
    object: ListedObject,
    path: readonly Uint8Array[],
    chunks: ChunkRef[],
    xattrs: EntryMeta['xattrs'],
  ): Promise<void> {
    const { cache } = this.options;
    await cache.add({ ...stampOf(object), key: cacheKey(path), chunks, extra: encodeXattrs(xattrs) });
    this.#uncachedBytes += object.sizeBytes;
    if (this.#uncachedBytes < flushCacheEveryBytes) return;
    this.#uncachedBytes = 0;
    await cache.flush();
  }
}

const ofOneObject = new Set(['object_changed', 'object_archived', 'bucket_access_denied', 'server_refuses']);

/** What keeps one object from being read, and not the bucket. */
function isAboutOneObject(error: unknown): error is CrossvaultError {
  return error instanceof CrossvaultError && error.reason !== undefined && ofOneObject.has(error.reason);
}

function nothingRead(bucket: string): CrossvaultError {
  return new CrossvaultError(
    'forbidden',
    `No object of the bucket ${bucket} could be read, so no backup point was made. Look at what the access key may do: it has to read objects.`,
    { reason: 'nothing_readable' },
  );
}

function aboutChanged({ count, first }: { count: number; first: string }): string {
  if (count === 1) return `${first} changed while the backup ran; the newer object was taken.`;
  return `${count} objects changed while the backup ran, ${first} first; the newer ones were taken.`;
}
