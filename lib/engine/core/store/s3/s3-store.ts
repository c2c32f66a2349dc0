import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { CrossvaultError } from '@/lib/errors';
import { defaultListLimit, packSha256Of, rangeOutside, requireObjectName } from '../object-names';
import type { ByteRange, ObjectPage, ObjectStat, ObjectStore } from '../object-store';
import { abortUploads, putInParts } from './multipart';
import type { S3Abilities } from './presets';
import { explain, isMissing, isThere, statusOf } from './s3-errors';

export interface S3StoreOptions {
  client: S3Client;
  bucket: string;
  /** Ends with `/`, or is empty. */
  prefix: string;
  abilities: S3Abilities;
  /** Larger objects travel in parts, each of which is tried again by itself. */
  multipartBytes?: number;
  partBytes?: number;
  /** The longest one operation may take, with all its attempts. */
  deadlineMs?: number;
}

const readAttempts = 3;
const deletesAtATime = 1000;

/** Objects in a bucket of an S3-compatible server. */
export class S3Store implements ObjectStore {
  readonly #options: Required<S3StoreOptions>;

  constructor(options: S3StoreOptions) {
    this.#options = {
      multipartBytes: 32 * 1024 * 1024,
      partBytes: 8 * 1024 * 1024,
      deadlineMs: 120_000,
      ...options,
    };
  }

  async putIfAbsent(name: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<'created' | 'exists'> {
    const place = this.#place(name);
    const body = bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes);
    return this.#run(`write ${name}`, name, async (abortSignal) => {
      const { client, abilities, multipartBytes, partBytes } = this.#options;
      const inParts = packSha256Of(name) !== null && body.length > multipartBytes;
      // Parts come together without a condition: harmless for packs, whose other writers bring the same bytes.
      if ((inParts || !abilities.conditionalPut) && (await this.stat(name))) return 'exists';
      if (inParts) {
        await putInParts(client, place, body, partBytes, abortSignal);
        return 'created';
      }
      const command = new PutObjectCommand({
        ...place,
        Body: body,
        ContentLength: body.length,
        ContentMD5: createHash('md5').update(body).digest('base64'),
        ...(abilities.conditionalPut && { IfNoneMatch: '*' }),
      });
      return client.send(command, { abortSignal }).then(
        () => 'created' as const,
        (error) => {
          if (isThere(error)) return 'exists' as const;
          throw error;
        },
      );
    });
  }

  async get(name: string, range?: ByteRange): Promise<Uint8Array> {
    const place = this.#place(name);
    if (range?.length === 0) {
      const found = await this.stat(name);
      if (!found) throw explain({ name: 'NoSuchKey' }, '', name);
      if (range.offset > found.sizeBytes) throw rangeOutside(name, range, found.sizeBytes);
      return new Uint8Array(0);
    }
    return this.#run(`read ${name}`, name, async (abortSignal) => {
      for (let attempt = 1; ; attempt++) {
        const bytes = await this.#read(place, name, range, abortSignal).catch((error: unknown) => {
          const isFinal = error instanceof CrossvaultError || statusOf(error) || abortSignal.aborted;
          if (isFinal || attempt >= readAttempts) throw error;
          return null;
        });
        if (bytes) return bytes;
      }
    });
  }

  async list(prefix: string, options: { after?: string; limit?: number } = {}): Promise<ObjectPage> {
    const { after = '', limit = defaultListLimit } = options;
    const root = this.#options.prefix;
    return this.#run(`list ${prefix}`, prefix, async (abortSignal) => {
      const command = new ListObjectsV2Command({
        Bucket: this.#options.bucket,
        Prefix: root + prefix,
        ...(after && { StartAfter: root + after }),
        MaxKeys: limit,
      });
      const page = await this.#options.client.send(command, { abortSignal });
      const objects = (page.Contents ?? []).map(({ Key = '', Size = 0 }) => ({
        name: Key.slice(root.length),
        sizeBytes: Size,
      }));
      requireSense(
        objects.map(({ name }) => root + name),
        root + prefix,
        root + after,
      );
      return { objects, next: page.IsTruncated && objects.length > 0 ? objects.at(-1)!.name : null };
    });
  }

  async delete(name: string): Promise<void> {
    const place = this.#place(name);
    await this.#run(`delete ${name}`, name, async (abortSignal) => {
      await this.#options.client.send(new DeleteObjectCommand(place), { abortSignal });
    }).catch((error: unknown) => {
      if (!(error instanceof CrossvaultError && error.code === 'not_found')) throw error;
    });
  }

  async deleteMany(names: readonly string[]): Promise<void> {
    for (let at = 0; at < names.length; at += deletesAtATime) {
      const slice = names.slice(at, at + deletesAtATime).map((name) => ({ Key: this.#place(name).Key }));
      const what = `delete ${slice.length} objects`;
      await this.#run(what, names[at]!, async (abortSignal) => {
        const Delete = { Objects: slice, Quiet: true };
        const command = new DeleteObjectsCommand({ Bucket: this.#options.bucket, Delete });
        const { Errors = [] } = await this.#options.client.send(command, { abortSignal });
        const first = Errors.find(({ Code }) => Code !== 'NoSuchKey');
        if (first) throw Object.assign(new Error(first.Message), { name: first.Code ?? 'Error' });
      });
    }
  }

  async stat(name: string): Promise<ObjectStat | null> {
    const place = this.#place(name);
    return this.#run(`look at ${name}`, name, async (abortSignal) => {
      try {
        const head = await this.#options.client.send(new HeadObjectCommand(place), { abortSignal });
        return { name, sizeBytes: head.ContentLength ?? 0, modifiedAt: head.LastModified ?? new Date(0) };
      } catch (error) {
        // A HEAD has no body to tell a missing bucket from a missing object; the next write or list will.
        if (isMissing(error)) return null;
        throw error;
      }
    });
  }

  /** Uploads that were begun and never completed are paid for without being seen. */
  async sweepUnfinished(before: Date): Promise<number> {
    const { client, bucket, prefix } = this.#options;
    return this.#run('look for unfinished uploads', '', (abortSignal) =>
      abortUploads(client, { Bucket: bucket, Prefix: prefix }, before, abortSignal),
    );
  }

  async #read(
    place: { Bucket: string; Key: string },
    name: string,
    range: ByteRange | undefined,
    abortSignal: AbortSignal,
  ): Promise<Uint8Array> {
    const Range = range && `bytes=${range.offset}-${range.offset + range.length - 1}`;
    const command = new GetObjectCommand({ ...place, ...(Range && { Range }) });
    const answer = await this.#options.client.send(command, { abortSignal }).catch(async (error) => {
      if (!range || statusOf(error) !== 416) throw error;
      throw rangeOutside(name, range, (await this.stat(name))?.sizeBytes ?? 0);
    });
    const total = Number(/\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1] ?? Number.NaN);
    if (range && total < range.offset + range.length) {
      answer.Body?.transformToByteArray().catch(() => {});
      throw rangeOutside(name, range, total);
    }
    const bytes = await answer.Body!.transformToByteArray();
    const expected = range?.length ?? answer.ContentLength;
    // The connection ended early, or the server sent something else than what it was asked for.
    if (expected !== undefined && bytes.length !== expected)
      throw new Error(`${bytes.length} of ${expected} bytes came`);
    return bytes;
  }

  #place(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.#options.bucket, Key: this.#options.prefix + requireObjectName(name) };
  }

  async #run<T>(what: string, object: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await work(AbortSignal.timeout(this.#options.deadlineMs));
    } catch (error) {
      throw explain(error, what, object);
    }
  }
}

/** A server, or a proxy, that answers a list with other names would let us delete or miss what it hides. */
function requireSense(keys: readonly string[], prefix: string, after: string): void {
  let last = after;
  for (const key of keys) {
    if (!key.startsWith(prefix) || key <= last) {
      throw new CrossvaultError('storage_unavailable', 'The bucket answered a list that is out of order.', {
        reason: 'list_makes_no_sense',
      });
    }
    last = key;
  }
}
