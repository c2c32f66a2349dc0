import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { Context } from '@/lib/context';
import { createS3Client } from '@/lib/engine/core/store/s3/s3-client';
import { getJob, startBackup } from '@/lib/jobs';
import { startRestore } from '@/lib/restores';
import { registerSource } from '@/lib/sources';
import type { Radosgw } from '@/lib/testing/radosgw/start-radosgw';
import { makeAccounts, region } from '../crossvault/accounts';
import type { Installation } from '../crossvault/installation';
import { waitFor } from '../crossvault/wait-for';
import { familyCpuSeconds, runCommand, timed } from '../measure';
import { emptyBucket, fillBucket, listBucket, type ObjectSet } from './objects';

export const ossSteps = ['backup', 'unchanged backup', 'restore'] as const;
export type OssStep = (typeof ossSteps)[number];

interface Taken {
  seconds: number;
  /** Of the engine with its mover and the database; or of rclone. The server is not in it. */
  cpuSeconds: number;
}

export interface OssOutcome {
  set: ObjectSet;
  crossvault: Record<OssStep, Taken>;
  rclone: Record<OssStep, Taken>;
}

interface Place {
  installation: Installation;
  s3: Radosgw;
  scratch: string;
  log: (line: string) => void;
}

/** One set of objects: each step by both, one after the other, against the same server; who begins turns from run to run. */
export async function runOss(place: Place, set: ObjectSet, runNo: number): Promise<OssOutcome> {
  const { installation, s3, scratch, log } = place;
  const folder = join(scratch, `oss-${set.name.replaceAll(' ', '-')}-${runNo}`);
  await mkdir(folder);
  const id = randomBytes(4).toString('hex');
  const [source, ours, theirs] = ['source', 'ours', 'theirs'].map((name) => `bench-${name}-${id}`);
  const client = openClient(s3);
  await fillBucket(client, source!, set);
  for (const Bucket of [ours!, theirs!]) await client.send(new CreateBucketCommand({ Bucket }));
  const account = await makeAccounts(installation, folder);
  const { ctx, vaultId } = account.source;
  const [sourceId, targetId] = [await register(ctx, s3, source!), await register(ctx, s3, ours!)];
  const copied = join(folder, 'copied');
  let pointId = '';
  const backUp = async () => {
    const job = await done(ctx, startBackup(ctx, { vaultId, sourceId, paths: ['/'] }));
    pointId = job.pointId ?? '';
  };
  const restore = async () => {
    const destination = { kind: 'oss' as const, sourceId: targetId, prefix: '' };
    await done(ctx, startRestore(ctx, { pointId, selection: { mode: 'all' }, destination }));
  };
  const rclone =
    (...args: string[]) =>
    async () => {
      // A session of its own, as the engine has, and as low as the mover: what else the machine does hits both alike.
      const alike = ['setsid', '--wait', 'nice', '-n', '19'];
      await runCommand([...alike, 'rclone', ...args, ...rcloneFlags], rcloneEnv(s3));
    };
  const works: Record<OssStep, { crossvault: () => Promise<void>; rclone: () => Promise<void> }> = {
    backup: { crossvault: backUp, rclone: rclone('copy', `b:${source}`, copied) },
    'unchanged backup': { crossvault: backUp, rclone: rclone('copy', `b:${source}`, copied) },
    restore: { crossvault: restore, rclone: rclone('copy', copied, `b:${theirs}`) },
  };
  const { enginePid, postgresPid } = installation;
  const cpu = () => familyCpuSeconds(enginePid) + familyCpuSeconds(postgresPid);
  const outcome = { set, crossvault: {}, rclone: {} } as OssOutcome;
  for (const step of ossSteps) {
    const order = runNo % 2 === 0 ? (['crossvault', 'rclone'] as const) : (['rclone', 'crossvault'] as const);
    for (const who of order) {
      const before = cpu();
      const { seconds, cpuSeconds = 0 } = await timed(scratch, works[step][who]);
      outcome[who][step] = { seconds, cpuSeconds: who === 'rclone' ? cpuSeconds : cpu() - before };
      log(`${set.name}, run ${runNo + 1}: ${step}, ${who}: ${seconds.toFixed(2)} s`);
    }
  }
  const [wanted, found] = [await listBucket(client, source!), await listBucket(client, ours!)];
  if (wanted.join('\n') !== found.join('\n'))
    throw new Error('What was restored is not what the bucket held');
  for (const bucket of [source!, ours!, theirs!]) await emptyBucket(client, bucket);
  await rm(folder, { recursive: true, force: true });
  client.destroy();
  return outcome;
}

/** How often it is looked whether a job has ended: often enough for seconds, and not so often that it takes part in them. */
const pollMs = 50;
const rcloneFlags = ['--transfers', '16', '--checkers', '16', '--fast-list', '--s3-no-check-bucket'];

function rcloneEnv({ endpoint, accessKeyId, secretAccessKey }: Radosgw): Record<string, string> {
  return {
    // Only what is named here; a certificate bundle of the machine stops this version.
    AWS_CA_BUNDLE: '',
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_B_TYPE: 's3',
    RCLONE_CONFIG_B_PROVIDER: 'Ceph',
    RCLONE_CONFIG_B_ENDPOINT: endpoint,
    RCLONE_CONFIG_B_ACCESS_KEY_ID: accessKeyId,
    RCLONE_CONFIG_B_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

async function register(ctx: Context, s3: Radosgw, bucket: string): Promise<string> {
  const { endpoint, accessKeyId, secretAccessKey: accessKeySecret } = s3;
  const { id } = await registerSource(ctx, {
    region,
    config: { kind: 'oss', endpoint, bucket, preset: 'radosgw' },
    secret: { accessKeyId, accessKeySecret },
  });
  return id;
}

async function done(ctx: Context, starting: Promise<{ id: string }>) {
  const { id } = await starting;
  const job = await waitFor(async () => {
    const found = await getJob(ctx, { id });
    return found.finishedAt ? found : null;
  }, pollMs);
  if (job.status !== 'complete') throw new Error(`The ${job.kind} is ${job.status}: ${job.error?.message}`);
  return job;
}

function openClient({ endpoint, accessKeyId, secretAccessKey }: Radosgw) {
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
