import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { createS3Client } from '@/lib/engine/core/store/s3/s3-client';
import type { OfferedSource } from '@/lib/engine/wire';
import { SourceConfig } from '@/lib/sources/schemas';
import { testBucket } from '@/lib/testing/radosgw/test-bucket';
import { Bucket, type BucketOptions } from '../../sources/oss/bucket';

/** A bucket of its own on the suite's server, as a tenant fills it and as a data source. */
export class TestSource {
  private constructor(
    readonly client: S3Client,
    readonly options: Omit<BucketOptions, 'signal'>,
  ) {}

  static async make(): Promise<TestSource> {
    const address = await testBucket();
    const { endpoint, region, bucket, credentials } = address;
    const options = {
      endpoint,
      region,
      bucket,
      credentials,
      preset: 'radosgw' as const,
      allowsPrivateEndpoints: true,
      patienceMs: 5_000,
    };
    return new TestSource(createS3Client(address), options);
  }

  get bucket(): string {
    return this.options.bucket;
  }

  open(changes: Partial<BucketOptions> = {}): Bucket {
    return new Bucket({ ...this.options, signal: new AbortController().signal, ...changes });
  }

  async put(key: string, body: Uint8Array | string = key, more: Partial<PutObjectCommandInput> = {}) {
    await this.client.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ...more }));
  }

  /** As an offer carries it. */
  offered(id: string, config: Record<string, unknown> = {}): OfferedSource {
    const { accessKeyId, secretAccessKey: accessKeySecret } = this.options.credentials;
    return {
      id,
      kind: 'oss',
      name: this.bucket,
      region: 'cn-hangzhou',
      config: SourceConfig.parse({ ...this.config(), ...config }),
      secret: { accessKeyId, accessKeySecret },
      place: null,
    };
  }

  config() {
    return { kind: 'oss', endpoint: this.options.endpoint, bucket: this.bucket, preset: 'radosgw' };
  }
}

/** Keys that have led others astray. */
export const oddKeys = [
  'plain.txt',
  'folder/',
  'folder/inside',
  'both',
  'both/below',
  'both-and',
  'a//b',
  '//',
  '/leading',
  'ü/日本語 ',
  'a b+c%2Fd&e=f?g#h',
  'quotes\'"<>&;',
  'tab\tline\nreturn\rbell\x07',
  '.hidden/..data/...',
  'x'.repeat(255),
  `${'long '.repeat(51)}/${'é'.repeat(130)}/end`,
  'k'.repeat(1024),
];
/** Parts that HTTP clients and servers like to resolve as paths. */
export const dotKeys = ['dots/./x', 'dots/../x', '../above', './here', '..', '.'];
