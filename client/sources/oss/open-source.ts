import type { z } from 'zod';
import type { OfferedSource } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import { findRegisteredKind, type SourceConfig } from '@/lib/sources/schemas';
import { Bucket, type BucketOptions } from './bucket';

export type OssConfig = SourceConfig & { kind: 'oss' };
type Secret = { accessKeyId: string; accessKeySecret: string };
export type BucketPatience = Pick<BucketOptions, 'signal' | 'patienceMs' | 'silenceMs' | 'onRetry'> & {
  allowsPrivateEndpoints: boolean;
};

/** The bucket that a registered source stands for. */
export function openSource(
  source: OfferedSource | null,
  patience: BucketPatience,
): { bucket: Bucket; config: OssConfig } {
  if (source?.config.kind !== 'oss') throw new Error('Invariant broken: the work is about a bucket');
  const { config } = source;
  const secret = (findRegisteredKind('oss')!.secret as z.ZodType<Secret>).safeParse(source.secret);
  if (!secret.success) {
    throw new CrossvaultError(
      'state_conflict',
      `The access key of ${source.name} cannot be read. Enter it again in the data source.`,
      { reason: 'secret_missing', cause: secret.error },
    );
  }
  const { accessKeyId, accessKeySecret: secretAccessKey } = secret.data;
  const bucket = new Bucket({
    endpoint: config.endpoint,
    bucket: config.bucket,
    region: config.storageRegion,
    preset: config.preset,
    credentials: { accessKeyId, secretAccessKey },
    ...patience,
  });
  return { bucket, config };
}
