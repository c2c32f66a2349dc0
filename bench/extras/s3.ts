import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { createS3Client } from '@/lib/engine/core/store/s3/s3-client';
import { type Radosgw, startRadosgw } from '@/lib/testing/radosgw/start-radosgw';
import { CannotRun } from '../cannot-run';
import { makeAccounts, region } from '../crossvault/accounts';
import { replicate, restore, runClient } from '../crossvault/work';
import type { Dataset } from '../data/dataset';
import type { ExtraPlace } from '../harness';
import { findVersion, type Measurement } from '../measure';
import type { Sizes } from '../options';
import type { Extra } from '../results';
import { compareTrees } from '../tree';
import { mebibytes } from '../units';
import { countRequests, type RequestCounts } from './s3-requests';

const gib = 1024 ** 3;
const bucket = 'bench';
const environment = { keyId: 'BENCH_S3_ACCESS_KEY_ID', secret: 'BENCH_S3_SECRET_ACCESS_KEY' };

/** What a vault in a bucket of a real S3 server costs in requests: backup, replication and restore. */
export async function runS3(place: ExtraPlace, { s3 }: Sizes): Promise<Extra> {
  if (!(await findVersion(['radosgw', '--version']))) throw new CannotRun('radosgw is not installed');
  const server = await startRadosgw();
  try {
    await openClient(server).send(new CreateBucketCommand({ Bucket: bucket }));
    const rows = [...(await take(place, server, s3.tree)), ...(await take(place, server, s3.large))];
    return {
      part: 's3',
      title:
        'S3: requests for each GiB that became stored there (restore: that was stored there), Ceph radosgw in memory',
      head: [
        '',
        'seconds',
        'MiB stored',
        'requests',
        'a GiB',
        'PUT, parts',
        'GET',
        'HEAD',
        'LIST',
        'DELETE',
        'others',
      ],
      rows,
    };
  } finally {
    await server.stop();
  }
}

async function take(
  { start, scratch, log }: ExtraPlace,
  server: Radosgw,
  dataset: Dataset,
): Promise<string[][]> {
  const prefix = `of-${dataset.name}`;
  const installation = await start({ settings: await writeRegions(scratch, server, prefix) });
  const folder = join(scratch, prefix);
  await mkdir(folder);
  const source = join(folder, 'source');
  await dataset.create(source, scratch);
  const { source: first, target } = await makeAccounts(installation, folder);
  const daemon = await installation.startClient(target.configDir);
  const rows: string[][] = [];
  const count = async (work: string, vaultId: string, run: () => Promise<Measurement>) => {
    const before = countRequests(await installation.metrics());
    const { seconds } = await run();
    const requests = countRequests(await installation.metrics());
    for (const kind of Object.keys(requests) as (keyof RequestCounts)[]) requests[kind] -= before[kind];
    const stored = await storedBytes(server, `${prefix}/vaults/${vaultId}/`);
    rows.push([`${dataset.name}: ${work}`, ...describeCost(requests, seconds, stored)]);
    log(`s3, ${dataset.name}: ${work}: ${seconds.toFixed(2)} s`);
  };
  await count('first backup', first.vaultId, () => runClient(installation, first, ['backup', source]));
  await count('unchanged backup', first.vaultId, () => runClient(installation, first, ['backup', source]));
  await count('first replication', target.vaultId, async () => replicate(installation, first, target));
  const [point] = await installation.owner.$client`
    select id from backup_points where vault_id = ${target.vaultId} order by committed_at desc limit 1`;
  const targetPath = join(folder, 'restored');
  await count('restore from the copy', target.vaultId, () =>
    restore(installation, target, daemon.pid!, { pointId: point!.id, targetPath }),
  );
  const differences = await compareTrees(source, join(targetPath, source));
  if (differences.length > 0)
    throw new Error(`What came back from the bucket is not the source: ${differences[0]}`);
  await daemon.stop();
  await installation.stop();
  return rows;
}

function describeCost(requests: RequestCounts, seconds: number, stored: number): string[] {
  const total = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const { put, get, head, list, remove, other } = requests;
  const figures = [total, Math.round(total / (stored / gib)), put, get, head, list, remove, other];
  return [seconds.toFixed(2), mebibytes(stored), ...figures.map(String)];
}

/** Its one zone is a prefix of the bucket. @returns the settings that name the file. */
async function writeRegions(
  scratch: string,
  server: Radosgw,
  prefix: string,
): Promise<Record<string, string>> {
  const { endpoint, accessKeyId, secretAccessKey } = server;
  const credentials = { accessKeyIdEnv: environment.keyId, secretAccessKeyEnv: environment.secret };
  const s3 = { endpoint, bucket, prefix, preset: 'radosgw', credentials, allowPrivateEndpoint: true };
  const regions = [{ id: region, name: 'Benchmark', zones: [{ id: 'a', s3 }] }];
  const file = join(scratch, `regions-${prefix}.json`);
  await writeFile(file, JSON.stringify({ regions }));
  return {
    CROSSVAULT_REGIONS_FILE: file,
    [environment.keyId]: accessKeyId,
    [environment.secret]: secretAccessKey,
  };
}

async function storedBytes(server: Radosgw, Prefix: string): Promise<number> {
  const client = openClient(server);
  let bytes = 0;
  for (let ContinuationToken: string | undefined, isLast = false; !isLast; ) {
    const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, ContinuationToken }));
    for (const { Size = 0 } of page.Contents ?? []) bytes += Size;
    ContinuationToken = page.NextContinuationToken;
    isLast = !page.IsTruncated;
  }
  client.destroy();
  return bytes;
}

function openClient({ endpoint, accessKeyId, secretAccessKey }: Radosgw) {
  return createS3Client({
    endpoint,
    region: 'us-east-1',
    bucket,
    prefix: '',
    preset: 'radosgw',
    credentials: { accessKeyId, secretAccessKey },
    allowsPrivateEndpoint: true,
  });
}
