import { randomFillSync } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

const mib = 1024 * 1024;

export interface ObjectSet {
  name: string;
  count: number;
  sizeBytes: number;
}

export function objectSets(isQuick: boolean): ObjectSet[] {
  return isQuick
    ? [
        { name: 'small objects', count: 400, sizeBytes: 16 * 1024 },
        { name: 'large objects', count: 2, sizeBytes: 32 * mib },
      ]
    : [
        { name: 'small objects', count: 4000, sizeBytes: 16 * 1024 },
        { name: 'medium objects', count: 200, sizeBytes: mib },
        { name: 'large objects', count: 6, sizeBytes: 64 * mib },
      ];
}

/** Bytes that nothing makes smaller, in folders of a hundred. */
export async function fillBucket(client: S3Client, Bucket: string, set: ObjectSet): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket }));
  let next = 0;
  const write = async () => {
    const Body = Buffer.alloc(set.sizeBytes);
    while (next < set.count) {
      const number = next++;
      const Key = `data/${Math.floor(number / 100)}/object-${number}.bin`;
      await client.send(new PutObjectCommand({ Bucket, Key, Body: randomFillSync(Body) }));
    }
  };
  await Promise.all([write(), write(), write(), write()]);
}

/** Key, size and etag of every object. */
export async function listBucket(client: S3Client, Bucket: string): Promise<string[]> {
  const found: string[] = [];
  for (let ContinuationToken: string | undefined, isLast = false; !isLast; ) {
    const page: Awaited<ReturnType<typeof list>> = await list(client, Bucket, ContinuationToken);
    found.push(...(page.Contents ?? []).map(({ Key, Size }) => `${Key} ${Size}`));
    ContinuationToken = page.NextContinuationToken;
    isLast = !page.IsTruncated;
  }
  return found;
}

export async function emptyBucket(client: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const { Contents = [] } = await list(client, Bucket);
    if (Contents.length === 0) return;
    const Objects = Contents.map(({ Key }) => ({ Key }));
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
}

const list = (client: S3Client, Bucket: string, ContinuationToken?: string) =>
  client.send(new ListObjectsV2Command({ Bucket, ContinuationToken }));
