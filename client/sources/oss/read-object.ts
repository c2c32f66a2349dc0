import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectTaggingCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3';
import { CrossvaultError } from '@/lib/errors';
import type { Bucket } from './bucket';
import { fromHeader, fromHeaders } from './header-text';
import { bare } from './list-pages';
import type { ListedObject } from './listed-object';
import type { ObjectMetadata } from './object-metadata';
import type { PartBuffers } from './part-buffers';
import { readPlainly } from './wire/read-plainly';

/** Larger objects are read in parts of this size, several at a time. */
export const partBytes = 8 * 1024 * 1024;
const stalledAfterMs = 60_000;

export interface ObjectPart {
  bytes: Buffer;
  /** With the first part. */
  metadata?: ObjectMetadata;
  /** The etag is the MD5 of the bytes, unless they are encrypted with a key of the customer. */
  isEtagOfBytes: boolean;
  /** For who needs the bytes no more. */
  release?(): void;
}

/** What an answer says beside the bytes. */
export type ReadAnswer = Omit<GetObjectCommandOutput, 'Body' | '$metadata'>;

/**
 * One part of an object as it was listed. @throws with the reason `object_changed` when it is another one by now or the
 * server's answers do not agree with each other, `object_gone` when it is not there any more.
 */
export async function readPart(
  bucket: Bucket,
  object: ListedObject,
  index: number,
  buffers?: PartBuffers,
): Promise<ObjectPart> {
  const start = index * partBytes;
  const length = Math.min(partBytes, object.sizeBytes - start);
  const range = object.sizeBytes <= partBytes ? null : { start, end: start + length - 1 };
  const bytes = buffers ? buffers.take(length) : Buffer.allocUnsafeSlow(length);
  const release = () => buffers?.give(bytes);
  try {
    const answer =
      (await readPlainly(bucket, object, range, bytes)) ?? (await readByClient(bucket, object, range, bytes));
    requireListed(object, answer, length);
    const metadata = index === 0 ? { metadata: await metadataOf(bucket, object, answer) } : {};
    const isEtagOfBytes = !answer.SSECustomerAlgorithm && !answer.SSEKMSKeyId;
    return { bytes, ...metadata, isEtagOfBytes, release };
  } catch (error) {
    release();
    throw error;
  }
}

export interface ByteRange {
  start: number;
  /** The last one. */
  end: number;
}

function readByClient(
  bucket: Bucket,
  object: ListedObject,
  range: ByteRange | null,
  bytes: Buffer,
): Promise<ReadAnswer> {
  return bucket.patiently(async (client, abortSignal) => {
    const answer = await client.send(
      new GetObjectCommand({
        Bucket: bucket.name,
        Key: object.key.toString(),
        IfMatch: `"${object.etag}"`,
        ...(object.versionId && { VersionId: object.versionId }),
        ...(range && { Range: `bytes=${range.start}-${range.end}` }),
      }),
      { abortSignal },
    );
    const body = answer.Body as Readable;
    try {
      requireListed(object, answer, bytes.length);
      await collect(body, bytes);
    } finally {
      body.destroy();
    }
    return answer;
  });
}

function requireListed(object: ListedObject, answer: ReadAnswer, length: number): void {
  if ((answer.ContentLength ?? length) !== length || bare(answer.ETag) !== object.etag)
    throw changed('the server sent another object than the one it listed');
}

/** What a listing would say of the object now; null when it is gone. */
export async function lookAgain(bucket: Bucket, object: ListedObject): Promise<ListedObject | null> {
  try {
    const { key } = object;
    const head = await bucket.patiently((client, abortSignal) =>
      client.send(new HeadObjectCommand({ Bucket: bucket.name, Key: key.toString() }), { abortSignal }),
    );
    return {
      key,
      sizeBytes: head.ContentLength ?? 0,
      etag: bare(head.ETag),
      modifiedAtMs: head.LastModified?.getTime() ?? 0,
      ...(head.StorageClass && { storageClass: head.StorageClass }),
      ...(object.versionId && head.VersionId && { versionId: head.VersionId }),
      ...(object.olderVersions && { olderVersions: object.olderVersions }),
    };
  } catch (error) {
    // A HEAD has no body that could tell a missing object from a missing bucket.
    if ((error as CrossvaultError).code === 'not_found') return null;
    throw error;
  }
}

async function metadataOf(bucket: Bucket, object: ListedObject, answer: ReadAnswer): Promise<ObjectMetadata> {
  const text = {
    contentType: answer.ContentType,
    contentEncoding: answer.ContentEncoding,
    contentDisposition: answer.ContentDisposition && fromHeader(answer.ContentDisposition),
    contentLanguage: answer.ContentLanguage,
    cacheControl: answer.CacheControl,
    expires: answer.ExpiresString,
    websiteRedirect: answer.WebsiteRedirectLocation,
    userMetadata: answer.Metadata && fromHeaders(answer.Metadata),
  };
  const hasTags = bucket.abilities.tagging && (answer.TagCount ?? 0) > 0;
  return { ...text, ...(hasTags && { tags: await readTags(bucket, object) }) };
}

async function readTags(bucket: Bucket, object: ListedObject): Promise<Record<string, string>> {
  const { TagSet = [] } = await bucket.patiently((client, abortSignal) =>
    client.send(
      new GetObjectTaggingCommand({
        Bucket: bucket.name,
        Key: object.key.toString(),
        ...(object.versionId && { VersionId: object.versionId }),
      }),
      { abortSignal },
    ),
  );
  return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** Exactly so many bytes: a body that ends early is asked for again, one that goes on is cut off. */
async function collect(body: Readable, bytes: Buffer): Promise<void> {
  let filled = 0;
  const stalled = setTimeout(() => body.destroy(new Error('nothing came for a minute')), stalledAfterMs);
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      stalled.refresh();
      if (filled + piece.length > bytes.length) throw changed('the server sent more than the object holds');
      filled += piece.copy(bytes, filled);
    }
  } finally {
    clearTimeout(stalled);
  }
  if (filled === bytes.length) return;
  throw new CrossvaultError('unavailable', `The server sent ${filled} of ${bytes.length} bytes.`, {
    reason: 'body_cut',
  });
}

function changed(why: string): CrossvaultError {
  return new CrossvaultError('state_conflict', why, { reason: 'object_changed' });
}
