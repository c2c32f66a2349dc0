import { randomBytes } from 'node:crypto';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import { type BucketAddress, createS3Client } from '@/lib/engine/core/store/s3/s3-client';

/** A bucket of one's own on the suite's server. */
export async function testBucket(): Promise<BucketAddress> {
  const { endpoint, accessKeyId, secretAccessKey } = inject('s3');
  const address: BucketAddress = {
    endpoint,
    region: 'us-east-1',
    bucket: `test-${randomBytes(6).toString('hex')}`,
    prefix: '',
    preset: 'radosgw',
    credentials: { accessKeyId, secretAccessKey },
    allowsPrivateEndpoint: true,
  };
  await createS3Client(address).send(new CreateBucketCommand({ Bucket: address.bucket }));
  return address;
}
