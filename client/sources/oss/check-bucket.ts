import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
} from '@aws-sdk/client-s3';
import type { SourceCheck } from '@/lib/sources/schemas';
import type { Bucket } from './bucket';
import { currentObjects } from './list-pages';

const versioningWords: Record<string, string> = { Enabled: 'On', Suspended: 'Suspended' };

/** Whether the bucket can be listed and its objects read. @throws what the server says against it. */
export async function checkBucket(bucket: Bucket): Promise<SourceCheck> {
  const { objects, next } = await currentObjects(bucket)({ prefix: Buffer.alloc(0), after: null });
  const smallest = objects.find(({ sizeBytes }) => sizeBytes > 0) ?? objects[0];
  if (smallest) {
    const read = { Bucket: bucket.name, Key: smallest.key.toString() };
    const range = smallest.sizeBytes > 0 ? { Range: 'bytes=0-0' } : {};
    await bucket.once(async (client, abortSignal) => {
      const { Body } = await client.send(new GetObjectCommand({ ...read, ...range }), { abortSignal });
      await Body?.transformToByteArray();
    });
  }
  const count = next
    ? `More than ${objects.length.toLocaleString('en')}`
    : objects.length.toLocaleString('en');
  return {
    isUsable: true,
    message:
      objects.length > 0 ? 'The bucket can be listed and read.' : 'The bucket can be listed. It is empty.',
    facts: [{ label: 'Objects', value: count }, ...(await versioningFact(bucket))],
  };
}

/** Whether objects can be written below a prefix. Begins an upload and gives it up: no object is made. */
export async function checkWritable(bucket: Bucket, prefix: string): Promise<SourceCheck> {
  const place = { Bucket: bucket.name, Key: `${prefix}.crossvault-check` };
  await bucket.once(async (client, abortSignal) => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(place), { abortSignal });
    await client.send(new AbortMultipartUploadCommand({ ...place, UploadId }), { abortSignal });
  });
  const { objects } = await currentObjects(bucket, 1)({ prefix: Buffer.from(prefix), after: null });
  const there = objects.length > 0 ? 'There are objects already' : 'Nothing is there yet';
  return {
    isUsable: true,
    message: 'Objects can be written here.',
    facts: [{ label: prefix ? `Below ${prefix}` : 'In the bucket', value: there }],
  };
}

/** Left out where the key may not ask, or the server does not know of it. */
async function versioningFact(bucket: Bucket): Promise<SourceCheck['facts']> {
  if (!bucket.abilities.versions) return [];
  try {
    const { Status } = await bucket.once((client, abortSignal) =>
      client.send(new GetBucketVersioningCommand({ Bucket: bucket.name }), { abortSignal }),
    );
    return [{ label: 'Versioning', value: versioningWords[Status ?? ''] ?? 'Off' }];
  } catch {
    return [];
  }
}
