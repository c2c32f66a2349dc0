import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type StorageClass,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CrossvaultError } from '@/lib/errors';
import type { Bucket } from './bucket';
import { toHeader, toHeaders } from './header-text';
import { bare } from './list-pages';
import type { ObjectMetadata } from './object-metadata';
import { toPutHeaders } from './wire/put-headers';

const mib = 1024 * 1024;
/** Larger objects travel in parts, several at a time. */
export const singlePutBytes = 8 * mib;
const maxParts = 10_000;
/** It is in the headers that a server says what it has. */
const maxPutAnswer = 4096;

/** What an object is written with beside its bytes. */
export interface WrittenAs {
  key: string;
  metadata: ObjectMetadata;
  storageClass?: string;
  /** Fails with `object_exists` when another object has the key already, where the server can tell. */
  onlyIfFree: boolean;
}

interface PutAnswer {
  ETag?: string;
  SSEKMSKeyId?: string;
  ServerSideEncryption?: string;
}

export function partBytesFor(sizeBytes: number): number {
  return Math.max(singlePutBytes, Math.ceil(sizeBytes / maxParts / mib) * mib);
}

/** Writes a small object at once. The server has the bytes that were sent, or this fails. */
export async function putObject(bucket: Bucket, to: WrittenAs, body: Buffer): Promise<void> {
  const md5 = createHash('md5').update(body).digest();
  const checked = {
    ContentMD5: md5.toString('base64'),
    ...(to.onlyIfFree && bucket.abilities.conditionalPut && { IfNoneMatch: '*' }),
  };
  const answer = await withKnownClass(to, async (storageClass) => {
    const headers = { ...headersOf(bucket, to, storageClass), ...checked };
    return (
      (await putPlainly(bucket, to.key, toPutHeaders(headers), body)) ??
      bucket.patiently((client, abortSignal) =>
        client.send(new PutObjectCommand({ ...headers, Body: body, ContentLength: body.length }), {
          abortSignal,
        }),
      )
    );
  });
  requireEtag(answer, md5.toString('hex'));
}

/** An object that is written in parts: it appears as a whole with `complete`, or not at all. */
export class PartedUpload {
  readonly #parts: { PartNumber: number; ETag: string | undefined; md5: Buffer }[] = [];

  private constructor(
    private readonly bucket: Bucket,
    private readonly place: { Bucket: string; Key: string; UploadId: string },
  ) {}

  static async begin(bucket: Bucket, to: WrittenAs): Promise<PartedUpload> {
    const { UploadId = '' } = await withKnownClass(to, (storageClass) =>
      bucket.patiently((client, abortSignal) =>
        client.send(new CreateMultipartUploadCommand(headersOf(bucket, to, storageClass)), { abortSignal }),
      ),
    );
    return new PartedUpload(bucket, { Bucket: bucket.name, Key: to.key, UploadId });
  }

  static at(bucket: Bucket, key: string, uploadId: string): PartedUpload {
    return new PartedUpload(bucket, { Bucket: bucket.name, Key: key, UploadId: uploadId });
  }

  get uploadId(): string {
    return this.place.UploadId;
  }

  /** From 1. Parts may be put in any order, several at a time. */
  async put(PartNumber: number, body: Buffer): Promise<void> {
    const md5 = createHash('md5').update(body).digest();
    const ContentMD5 = md5.toString('base64');
    const { Key, UploadId } = this.place;
    const query = { partNumber: String(PartNumber), uploadId: UploadId };
    const part = { ...this.place, PartNumber, Body: body, ContentLength: body.length, ContentMD5 };
    const answer =
      (await putPlainly(this.bucket, Key, { 'content-md5': ContentMD5 }, body, query)) ??
      (await this.bucket.patiently((client, abortSignal) =>
        client.send(new UploadPartCommand(part), { abortSignal }),
      ));
    requireEtag(answer, md5.toString('hex'));
    this.#parts.push({ PartNumber, ETag: answer.ETag, md5 });
  }

  async complete(): Promise<void> {
    const parts = this.#parts.sort((a, b) => a.PartNumber - b.PartNumber);
    const MultipartUpload = { Parts: parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) };
    const answer = await this.bucket.patiently((client, abortSignal) =>
      client.send(new CompleteMultipartUploadCommand({ ...this.place, MultipartUpload }), { abortSignal }),
    );
    const whole = createHash('md5').update(Buffer.concat(parts.map(({ md5 }) => md5)));
    requireEtag(answer, `${whole.digest('hex')}-${parts.length}`);
  }

  /** Gives back what was put. What cannot be given back now is swept by the bucket's own rules. */
  async abort(): Promise<void> {
    await this.bucket
      .once((client) => client.send(new AbortMultipartUploadCommand(this.place)))
      .catch(() => {});
  }
}

/** Null when the general client has to be asked. */
async function putPlainly(
  bucket: Bucket,
  key: string,
  headers: Record<string, string>,
  body: Buffer,
  query: Record<string, string> = {},
): Promise<PutAnswer | null> {
  const place = (_: unknown, length: number) => (length <= maxPutAnswer ? Buffer.alloc(length) : null);
  const answer = await bucket.plainly({ method: 'PUT', key, query, headers, body, place });
  if (!answer) return null;
  const { etag, ...found } = answer.head.headers;
  return {
    ETag: etag,
    SSEKMSKeyId: found['x-amz-server-side-encryption-aws-kms-key-id'],
    ServerSideEncryption: found['x-amz-server-side-encryption'],
  };
}

function headersOf(bucket: Bucket, { key, metadata }: WrittenAs, storageClass: string | undefined) {
  const { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl } = metadata;
  const expires = metadata.expires ? new Date(metadata.expires) : null;
  const { userMetadata, tags, websiteRedirect } = metadata;
  return {
    Bucket: bucket.name,
    Key: key,
    ContentType: contentType,
    ContentEncoding: contentEncoding,
    ContentDisposition: contentDisposition && toHeader(contentDisposition),
    ContentLanguage: contentLanguage,
    CacheControl: cacheControl,
    WebsiteRedirectLocation: websiteRedirect,
    ...(expires && !Number.isNaN(expires.getTime()) && { Expires: expires }),
    ...(userMetadata && { Metadata: toHeaders(userMetadata) }),
    ...(tags && bucket.abilities.tagging && { Tagging: encodeTags(tags) }),
    ...(storageClass && { StorageClass: storageClass as StorageClass }),
  };
}

/** A class of another service is not known everywhere: then the bucket's own is taken. */
async function withKnownClass<T>(
  { storageClass }: WrittenAs,
  write: (storageClass: string | undefined) => Promise<T>,
): Promise<T> {
  if (!storageClass || storageClass === 'STANDARD') return write(undefined);
  try {
    return await write(storageClass);
  } catch (error) {
    const { reason } = error as CrossvaultError;
    if (reason !== 'storage_class_unknown' && reason !== 'server_refuses') throw error;
    return write(undefined);
  }
}

function requireEtag(answer: PutAnswer, expected: string): void {
  const etag = bare(answer.ETag).toLowerCase();
  const isOfBytes =
    /^[0-9a-f]{32}(?:-\d+)?$/.test(etag) && !answer.SSEKMSKeyId && answer.ServerSideEncryption !== 'aws:kms';
  if (!isOfBytes || etag === expected) return;
  throw new CrossvaultError('corrupt_data', 'the server has other bytes than were sent to it', {
    reason: 'etag_differs',
  });
}

/** As a query is written, with `%20` for a space: not every server reads `+` as one. */
function encodeTags(tags: Record<string, string>): string {
  return Object.entries(tags)
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
}
