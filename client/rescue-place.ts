import { readFile } from 'node:fs/promises';
import { FolderStore, type ObjectStore } from '@/lib/engine/core';
import { type S3Preset, s3Presets } from '@/lib/engine/core/store/s3/presets';
import { CrossvaultError } from '@/lib/errors';

export interface BucketFlags {
  endpoint?: string;
  s3Region: string;
  s3Preset: string;
  s3Key?: string;
}

/** A vault's store by the place that was given: a folder, or `s3://<bucket>/<prefix>`. */
export async function openPlace(place: string, flags: BucketFlags): Promise<ObjectStore> {
  const match = /^s3:\/\/([^/]+)\/?(.*?)\/?$/.exec(place);
  if (!match) return new FolderStore(place);
  const [, bucket, prefix] = match as unknown as [string, string, string];
  const preset = flags.s3Preset as S3Preset;
  if (!(preset in s3Presets)) throw invalid(`--s3-preset is one of ${Object.keys(s3Presets).join(', ')}.`);
  // Only now: who rescues from a folder does not wait for the S3 client to load.
  const { createS3Client } = await import('@/lib/engine/core/store/s3/s3-client');
  const { S3Store } = await import('@/lib/engine/core/store/s3/s3-store');
  const client = createS3Client({
    endpoint: flags.endpoint ?? `https://s3.${flags.s3Region}.amazonaws.com`,
    region: flags.s3Region,
    bucket,
    prefix,
    preset,
    credentials: await readKey(flags.s3Key),
    // Whoever rescues says where to; there is nobody else whose network it could be.
    allowsPrivateEndpoint: true,
  });
  return new S3Store({ client, bucket, prefix: prefix ? `${prefix}/` : '', abilities: s3Presets[preset] });
}

async function readKey(file: string | undefined): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const given = file
    ? (JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>)
    : { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY };
  const { accessKeyId, secretAccessKey } = given;
  if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string')
    return { accessKeyId, secretAccessKey };
  throw invalid(
    'Give the key of the bucket with --s3-key, or as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  );
}

function invalid(message: string): CrossvaultError {
  return new CrossvaultError('invalid_input', message);
}
