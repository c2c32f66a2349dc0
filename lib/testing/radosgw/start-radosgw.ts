import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Radosgw {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  stop(): Promise<void>;
}

const patienceMs = 40_000;

/**
 * A whole S3 server of its own on loopback: one monitor, one storage daemon in memory, one gateway. Rarely, where cores are
 * few and busy, its parts miss each other at the start; then it is made anew.
 */
export async function startRadosgw(): Promise<Radosgw> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce();
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function startOnce(): Promise<Radosgw> {
  const folder = await mkdtemp(join(tmpdir(), 'crossvault-radosgw-'));
  const children: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(children.reverse().map(end));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const [monitorPort, gatewayPort] = [await freePort(), await freePort()];
    const conf = join(folder, 'ceph.conf');
    const cluster = randomUUID();
    await mkdir(join(folder, 'mon'));
    await mkdir(join(folder, 'osd'));
    await mkdir(join(folder, 'run'));
    await writeFile(conf, configuration({ folder, cluster, monitorPort, gatewayPort }));
    const ceph = (program: string, ...args: string[]) =>
      run(program, ['-c', conf, ...args], { timeout: patienceMs });
    const serve = (program: string, ...args: string[]) => {
      const child = spawn(program, ['-c', conf, '-f', ...args], { stdio: 'ignore' });
      children.push(child);
    };
    const map = join(folder, 'monmap');
    await run('monmaptool', [
      '--create',
      '--addv',
      'a',
      `v1:127.0.0.1:${monitorPort}`,
      '--fsid',
      cluster,
      map,
    ]);
    await ceph('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--mon-data', join(folder, 'mon'));
    serve('ceph-mon', '-i', 'a', '--mon-data', join(folder, 'mon'));
    const disk = randomUUID();
    await ceph('ceph', 'osd', 'new', disk);
    await ceph('ceph-osd', '-i', '0', '--mkfs', '--osd-data', join(folder, 'osd'), '--osd-uuid', disk);
    serve('ceph-osd', '-i', '0', '--osd-data', join(folder, 'osd'));
    await ceph('ceph', 'osd', 'crush', 'add', 'osd.0', '1', 'root=default', 'host=h1');
    const accessKeyId = randomBytes(10).toString('hex');
    const secretAccessKey = randomBytes(20).toString('hex');
    const keys = [`--access-key=${accessKeyId}`, `--secret=${secretAccessKey}`];
    await ceph('radosgw-admin', 'user', 'create', '--uid=test', '--display-name=test', ...keys);
    serve('radosgw', '-n', 'client.admin');
    const endpoint = `http://127.0.0.1:${gatewayPort}`;
    await untilAnswered(endpoint);
    return { endpoint, accessKeyId, secretAccessKey, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Place {
  folder: string;
  cluster: string;
  monitorPort: number;
  gatewayPort: number;
}

function configuration({ folder, cluster, monitorPort, gatewayPort }: Place): string {
  return `[global]
fsid = ${cluster}
mon host = v1:127.0.0.1:${monitorPort}
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms client mode = crc
ms cluster mode = crc
ms service mode = crc
osd pool default size = 1
osd pool default min size = 1
osd crush chooseleaf type = 0
osd pool default pg num = 1
osd pool default pgp num = 1
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail crit = 1
mon data = ${folder}/mon
osd data = ${folder}/osd
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
log file = ${folder}/$name.log
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd objectstore = memstore
memstore device bytes = 4294967296
osd memory target = 939524096
rgw data = ${folder}/rgw
rgw gc obj min wait = 1
rgw gc processor period = 5
rgw gc processor max time = 5
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}
`;
}

async function untilAnswered(endpoint: string): Promise<void> {
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    const answer = await fetch(endpoint, { signal: AbortSignal.timeout(2000) }).catch(() => null);
    if (answer) return;
    await sleep(100);
  }
  throw new Error(`radosgw did not answer at ${endpoint} within ${patienceMs / 1000} s`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
