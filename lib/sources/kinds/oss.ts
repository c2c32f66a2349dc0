import { z } from 'zod';
import { defineKind } from './kind';

/** A bucket behind the S3 protocol. */
export const oss = defineKind({
  kind: 'oss',
  servedBy: 'region',
  config: z.object({
    kind: z.literal('oss'),
    endpoint: z.url({ protocol: /^https?$/, error: 'Give an http or https address.' }),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'Not the name of a bucket.'),
    /** Of the server, as its signatures name it. */
    storageRegion: z.string().min(1).max(64).default('us-east-1'),
    preset: z.enum(['oss', 'aws', 'minio', 'radosgw']).default('oss'),
  }),
  secret: z.object({
    accessKeyId: z.string().min(1, 'Enter the access key id.').max(256),
    accessKeySecret: z.string().min(1, 'Enter the access key secret.').max(256),
  }),
  item: ({ endpoint, bucket }) => `${new URL(endpoint).host}/${bucket}`,
  defaultName: ({ bucket }) => bucket,
  fixedFields: ['bucket'],
});
