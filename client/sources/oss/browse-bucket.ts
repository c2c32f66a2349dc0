import { ListBucketsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { QuestionBody, SourceListing } from '@/lib/sources/schemas';
import type { Bucket } from './bucket';
import { decodeKey } from './list-pages';
import { prefixOfPath } from './object-filter';

const pageSize = 500;
const maxPathBytes = 4096;
/** In place of a path: the buckets that the access key sees, for whoever registers one. */
export const bucketsPath = 'buckets';

/** One page of what lies at a path: `/` is the bucket, `/photos/` a folder of it. */
export async function browseBucket(bucket: Bucket, body: QuestionBody): Promise<SourceListing> {
  if (body.path === bucketsPath) return listBuckets(bucket);
  const prefix = prefixOfPath(body.path);
  const page = await bucket.once((client, abortSignal) =>
    client.send(
      new ListObjectsV2Command({
        Bucket: bucket.name,
        Prefix: prefix,
        Delimiter: '/',
        MaxKeys: pageSize,
        EncodingType: 'url',
        ...(body.cursor && { ContinuationToken: body.cursor }),
      }),
      { abortSignal },
    ),
  );
  const decode = (key = '') => decodeKey(key, page.EncodingType).toString();
  const entry = (key: string) => ({
    path: `/${key}`,
    name: key.slice(prefix.length).replace(/\/$/, '') || key.slice(prefix.length),
  });
  const folders = (page.CommonPrefixes ?? []).map((found) => ({
    ...entry(decode(found.Prefix)),
    isFolder: true,
    sizeBytes: null,
    modifiedAt: null,
    detail: null,
  }));
  const objects = (page.Contents ?? [])
    .map((found) => ({ found, key: decode(found.Key) }))
    .filter(({ key }) => key !== prefix)
    .map(({ found, key }) => ({
      ...entry(key),
      isFolder: false,
      sizeBytes: found.Size ?? 0,
      modifiedAt: found.LastModified?.toISOString() ?? null,
      detail: found.StorageClass && found.StorageClass !== 'STANDARD' ? found.StorageClass : null,
    }));
  return {
    entries: [...folders, ...objects].filter(({ path }) => path.length <= maxPathBytes),
    nextCursor: page.IsTruncated ? (page.NextContinuationToken ?? null) : null,
  };
}

async function listBuckets(bucket: Bucket): Promise<SourceListing> {
  const { Buckets = [] } = await bucket.once((client, abortSignal) =>
    client.send(new ListBucketsCommand({}), { abortSignal }),
  );
  const entries = Buckets.slice(0, 1000).map(({ Name = '', CreationDate }) => ({
    path: Name,
    name: Name,
    isFolder: false,
    sizeBytes: null,
    modifiedAt: CreationDate?.toISOString() ?? null,
    detail: null,
  }));
  return { entries, nextCursor: null };
}
