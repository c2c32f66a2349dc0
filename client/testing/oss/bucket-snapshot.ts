import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { decodeKey } from '../../sources/oss/list-pages';

export interface SnapshotObject {
  sha256: string;
  contentType: string | undefined;
  headers: (string | undefined)[];
  metadata: Record<string, string> | undefined;
  tags: Record<string, string>;
}

/** All objects of a bucket below a prefix, by the rest of their key, read with nothing of ours but the key's decoding. */
export async function snapshotBucket(
  client: S3Client,
  Bucket: string,
  prefix = '',
): Promise<Record<string, SnapshotObject>> {
  const keys: string[] = [];
  for (let token: string | undefined, isLast = false; !isLast; ) {
    const page: Awaited<ReturnType<typeof list>> = await list(client, Bucket, prefix, token);
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => decodeKey(Key, 'url').toString()));
    token = page.NextContinuationToken;
    isLast = !page.IsTruncated;
  }
  const objects: Record<string, SnapshotObject> = {};
  for (const Key of keys) {
    const found = await client.send(new GetObjectCommand({ Bucket, Key }));
    const bytes = await found.Body!.transformToByteArray();
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket, Key }));
    objects[Key.slice(prefix.length)] = {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      contentType: found.ContentType,
      headers: [
        found.ContentEncoding,
        found.ContentDisposition,
        found.ContentLanguage,
        found.CacheControl,
        found.ExpiresString,
        found.StorageClass,
      ],
      metadata: found.Metadata,
      tags: Object.fromEntries(TagSet.map(({ Key: name = '', Value = '' }) => [name, Value])),
    };
  }
  return objects;
}

function list(client: S3Client, Bucket: string, Prefix: string, ContinuationToken?: string) {
  return client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken, EncodingType: 'url' }));
}
