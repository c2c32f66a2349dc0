import { z } from 'zod';
import { defineKind } from './kind';

/** A glob pattern over the parts of a key, as for files. */
const pattern = z.string().trim().min(1).max(255);

/** A bucket behind the S3 protocol. */
export const oss = defineKind({
  kind: 'oss',
  servedBy: 'region',
  config: z.object({
    kind: z.literal('oss'),
    endpoint: z.url({ protocol: /^https?$/, error: 'Give an http or https address.' }),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, 'Not the name of a bucket.'),
    /** Of the server, as its signatures name it. */
    storageRegion: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, 'Letters, digits and dashes, for example cn-hangzhou.')
      .default('us-east-1'),
    preset: z.enum(['oss', 'aws', 'minio', 'radosgw']).default('oss'),
    /** Only keys that one of these takes; none: all keys. */
    includes: z.array(pattern).max(100).default([]),
    excludes: z.array(pattern).max(100).default([]),
    /** Keeps the list of older versions beside each object. Their bytes are not backed up. */
    listsVersions: z.boolean().default(false),
  }),
  secret: z.object({
    accessKeyId: z.string().trim().min(1, 'Enter the access key id.').max(256),
    accessKeySecret: z.string().trim().min(1, 'Enter the access key secret.').max(256),
  }),
  item: ({ endpoint, bucket }) => `${new URL(endpoint).host}/${bucket}`,
  defaultName: ({ bucket }) => bucket,
  fixedFields: ['bucket'],
});
