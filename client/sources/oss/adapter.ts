import { CrossvaultError } from '@/lib/errors';
import type { SourceCheck } from '@/lib/sources/schemas';
import type { SourceAdapter, SourceContext } from '../adapter';
import { browseBucket } from './browse-bucket';
import type { Bucket } from './bucket';
import { checkBucket, checkWritable } from './check-bucket';
import { prefixOfPath } from './object-filter';
import { openSource } from './open-source';
import { type OssOptions, runOssBackup } from './run-oss-backup';
import { runOssRestore } from './run-oss-restore';

/** Of one attempt: whoever asks waits for the answer. */
const answerMs = 8_000;

/** Buckets behind the S3 protocol. */
export function ossAdapter(options: OssOptions): SourceAdapter {
  const ask = async <T>({ source, signal }: SourceContext, question: (bucket: Bucket) => Promise<T>) => {
    const patience = { patienceMs: 0, silenceMs: answerMs };
    const { bucket } = openSource(source, { ...options, ...patience, signal });
    try {
      return await question(bucket);
    } finally {
      bucket.close();
    }
  };
  return {
    check: (context) => answering(() => ask(context, checkBucket)),
    list: (body, context) => ask(context, (bucket) => browseBucket(bucket, body)),
    destination: (body, context) =>
      answering(() => ask(context, (bucket) => checkWritable(bucket, prefixOfPath(body.path)))),
    backup: (context, offer) => runOssBackup(context, offer, options),
    restore: (context, offer) => runOssRestore(context, offer, options),
  };
}

/** What the server, or the operator's rules, refuse is an answer. */
async function answering(check: () => Promise<SourceCheck>): Promise<SourceCheck> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof CrossvaultError)) throw error;
    return { isUsable: false, message: error.message, facts: [] };
  }
}
