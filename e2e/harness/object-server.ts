import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { snapshotBucket } from '@/client/testing/oss/bucket-snapshot';
import { createS3Client } from '@/lib/engine/core/store/s3/s3-client';
import { type Radosgw, startRadosgw } from '@/lib/testing/radosgw/start-radosgw';
import { findRadosgw } from '@/scripts/test/radosgw.mjs';

/** A real S3 server with buckets that accounts register. */
export class ObjectServer {
  /** Why there can be none on this machine. */
  static readonly missing = findRadosgw().why ?? null;
  private readonly mark = randomBytes(4).toString('hex');

  private constructor(private readonly server: Radosgw) {}

  static async start(): Promise<ObjectServer> {
    return new ObjectServer(await startRadosgw());
  }

  async bucket(name: string) {
    const { endpoint, accessKeyId, secretAccessKey: accessKeySecret } = this.server;
    const [client, Bucket] = [this.client(), this.named(name)];
    await client.send(new CreateBucketCommand({ Bucket }));
    return {
      source: {
        name,
        config: { kind: 'oss', endpoint, bucket: Bucket, preset: 'radosgw' },
        secret: { accessKeyId, accessKeySecret },
      },
      put: (Key: string, Body: Uint8Array | string, more: Partial<PutObjectCommandInput> = {}) =>
        client.send(new PutObjectCommand({ Bucket, Key, Body, ...more })),
    };
  }

  snapshot(name: string, prefix = '') {
    return snapshotBucket(this.client(), this.named(name), prefix);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  private named(name: string): string {
    return `${name}-${this.mark}`;
  }

  private client() {
    const { endpoint, accessKeyId, secretAccessKey } = this.server;
    return createS3Client({
      endpoint,
      region: 'us-east-1',
      bucket: '',
      prefix: '',
      preset: 'radosgw',
      credentials: { accessKeyId, secretAccessKey },
      allowsPrivateEndpoint: true,
    });
  }
}
