import { rename, rm, stat } from 'node:fs/promises';
import { type CachePaths, locateCaches } from '../../backup/cache-paths';
import { FileCacheReader, FileCacheWriter, removeCache } from '../../backup/file-cache';
import { runTreeBackup, type TreePass, type TreePassResult } from '../../backup/run-tree-backup';
import type { JobContext, JobResult } from '../../jobs/run-job';
import type { BackupOffer } from '../adapter';
import type { Bucket } from './bucket';
import { ByteBudget, Gate } from './gate';
import { currentObjects, versionedObjects } from './list-pages';
import { compileFilter, type ObjectFilter, prefixOfPath } from './object-filter';
import { ObjectPass } from './object-pass';
import { objectSteps, outermost } from './object-steps';
import { type OssConfig, openSource } from './open-source';
import { ParentObjects } from './parent-objects';
import { PartBuffers } from './part-buffers';
import { PreviousObjects } from './previous-objects';
import { readPart } from './read-object';

export interface OssOptions {
  /** The operator's leave to talk to this machine and to private networks. */
  allowsPrivateEndpoints: boolean;
  /** How long a server that is away is waited for. */
  patienceMs?: number;
}

const requestsAtATime = 16;
const bytesInMemory = 96 * 1024 * 1024;

/** Backs up the current objects of a bucket, or of prefixes of it. Objects that have not changed are not read again. */
export async function runOssBackup(
  context: JobContext,
  offer: BackupOffer,
  options: OssOptions,
): Promise<JobResult> {
  const { spec, vaultId, source } = offer.work;
  const gate = new Gate(requestsAtATime);
  const { bucket, config } = openSource(source, {
    ...options,
    signal: context.signal,
    onRetry: (error, delayMs) => {
      if (error.code === 'rate_limited') gate.slowDown();
      context.log.warn({ reason: error.reason, delayMs: Math.round(delayMs) }, 'waiting for the bucket');
    },
  });
  const caches = await locateCaches(context.folder, vaultId, [spec.sourceId ?? '', ...spec.paths]);
  const prefixes = spec.paths.map(prefixOfPath);
  const isWanted = compileFilter(config.includes, [...config.excludes, ...spec.excludes]);
  const isChosen = compileFilter(spec.includes ?? [], []);
  const filter: ObjectFilter = (key) => isWanted(key) && isChosen(key);
  try {
    return await runTreeBackup(context, offer, {
      count: (signal) => countObjects(bucket, prefixes, filter, signal),
      pass: (pass) => {
        const header = { vaultId, lineageId: pass.lineageId };
        const listed = { bucket, config, prefixes, filter };
        return runPass(pass, context, { ...listed, caches, header, gate });
      },
    });
  } finally {
    bucket.close();
  }
}

interface PassInput {
  bucket: Bucket;
  config: OssConfig;
  prefixes: string[];
  filter: ReturnType<typeof compileFilter>;
  caches: CachePaths;
  header: { vaultId: string; lineageId: string };
  gate: Gate;
}

async function runPass(
  pass: TreePass,
  context: JobContext,
  { bucket, config, prefixes, filter, caches, header, gate }: PassInput,
): Promise<TreePassResult> {
  await keepLonger(caches);
  const previous = new PreviousObjects(
    ParentObjects.open(pass, context.patiently),
    await openAttempt(caches.partial, header),
  );
  const cache = await FileCacheWriter.create(caches.next, header);
  const buffers = new PartBuffers(bytesInMemory);
  let onlyOld = 0;
  const listsVersions = config.listsVersions && bucket.abilities.versions;
  const listPage = listsVersions
    ? versionedObjects(bucket, (count) => {
        onlyOld += count;
      })
    : currentObjects(bucket);
  try {
    const result = await new ObjectPass({
      pass,
      bucket,
      steps: objectSteps(listPage, prefixes, filter),
      previous,
      cache,
      gate,
      budget: new ByteBudget(bytesInMemory),
      readPart: (object, index) => readPart(bucket, object, index, buffers),
    }).run();
    if (onlyOld > 0) {
      const keys = onlyOld === 1 ? '1 key has' : `${onlyOld} keys have`;
      pass.report.note(`${keys} older versions and no current object: they are not in this backup.`);
    }
    return {
      ...result,
      committed: () => Promise.all([caches.next, caches.partial].map(removeCache)).then(() => {}),
    };
  } finally {
    await cache.close();
    await previous.close();
  }
}

/** What an interrupted attempt had read; nothing when it was of another lineage. */
async function openAttempt(path: string, header: PassInput['header']): Promise<FileCacheReader | null> {
  const reader = await FileCacheReader.open(path);
  if (!reader) return null;
  const { vaultId, lineageId } = reader.header;
  if (vaultId === header.vaultId && lineageId === header.lineageId) return reader;
  await reader.close();
  return null;
}

/** An attempt that was interrupted early knows less than the one before it. */
async function keepLonger({ next, partial }: CachePaths): Promise<void> {
  const size = (path: string) =>
    stat(path).then(
      (found) => found.size,
      () => -1,
    );
  if ((await size(next)) > (await size(partial))) await rename(next, partial);
  else await rm(next, { force: true });
}

async function countObjects(
  bucket: Bucket,
  prefixes: readonly string[],
  filter: ReturnType<typeof compileFilter>,
  signal: AbortSignal,
): Promise<{ bytes: number; items: number }> {
  const listPage = currentObjects(bucket);
  const total = { bytes: 0, items: 0 };
  for (const prefix of outermost(prefixes)) {
    for (let after: Buffer | null = null, isLast = false; !isLast; ) {
      signal.throwIfAborted();
      const page: Awaited<ReturnType<typeof listPage>> = await listPage({ prefix, after });
      for (const { key, sizeBytes } of page.objects) {
        if (!filter(key)) continue;
        total.items++;
        total.bytes += sizeBytes;
      }
      after = page.next;
      isLast = page.next === null;
    }
  }
  return total;
}
