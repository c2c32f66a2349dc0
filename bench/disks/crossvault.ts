import { createDisk, getDisk } from '@/lib/disks';
import type { Disk } from '@/lib/disks/schemas';
import { getJob, startBackup } from '@/lib/jobs';
import { diskFile } from '@/lib/regions';
import { createServer, getServer, startServer, stopServer } from '@/lib/servers';
import { makeOwner, region } from '../crossvault/accounts';
import type { Installation } from '../crossvault/installation';
import { waitFor } from '../crossvault/wait-for';
import {
  childrenOf,
  familyCpuSeconds,
  type Measurement,
  peakBytes,
  resetPeak,
  runCommand,
  timed,
  transferredBytes,
} from '../measure';
import { measureTree } from '../tree';

export interface BenchDisk {
  name: string;
  file: string;
  id: string;
  sourceId: string;
  sizeBytes: number;
}

export interface DiskBackup extends Measurement {
  /** By the mover's system calls: the disk, and what the gateway answered. */
  readBytes: number;
  sentBytes: number;
  pointId: string;
}

type Owner = Awaited<ReturnType<typeof makeOwner>>;

/** Verbs, gateway, engine, database and the mover, which reads and writes the disks of one account. */
export class DiskWorld {
  #serverId = '';

  private constructor(
    private readonly installation: Installation,
    private readonly owner: Owner,
    private readonly vaultFolder: string,
  ) {}

  static async open(installation: Installation, folderOf: (vaultId: string) => string): Promise<DiskWorld> {
    const owner = await makeOwner(installation, 'disk_backup');
    return new DiskWorld(installation, owner, folderOf(owner.vaultId));
  }

  /** A disk of the pool with the bytes of an image. */
  async addDisk(name: string, image: string, sizeBytes: number): Promise<BenchDisk> {
    const { ctx } = this.owner;
    const from = { kind: 'empty' as const, sizeBytes };
    const { id, sourceId, pool } = await createDisk(ctx, { name, region, format: 'raw', from });
    await this.#untilMade(id);
    const file = diskFile({ accountId: ctx.accountId, id, region, pool });
    await runCommand(['cp', '--sparse=always', image, file]);
    return { name, file, id, sourceId: sourceId!, sizeBytes };
  }

  /** A server with these disks, running. */
  async start(disks: readonly BenchDisk[]): Promise<string> {
    const { ctx } = this.owner;
    const diskIds = disks.map(({ id }) => id);
    const given = {
      name: 'bench',
      region,
      flavour: 'tiny' as const,
      from: { kind: 'disks' as const, diskIds },
    };
    const { id } = await createServer(ctx, given);
    this.#serverId = id;
    await startServer(ctx, { id });
    await this.#untilServer('running');
    return id;
  }

  async stop(): Promise<void> {
    if (!this.#serverId) return;
    await stopServer(this.owner.ctx, { id: this.#serverId, isForced: true });
    await this.#untilServer('stopped');
    this.#serverId = '';
  }

  async backUp({ sourceId }: BenchDisk): Promise<DiskBackup> {
    const { ctx, vaultId } = this.owner;
    const [moverPid] = childrenOf(this.installation.enginePid, 'mover');
    const before = transferredBytes(moverPid!);
    const { result: job, ...measured } = await this.#measured(async () => {
      const { id } = await startBackup(ctx, { vaultId, sourceId, paths: ['/'] });
      return waitFor(async () => {
        const found = await getJob(ctx, { id });
        return found.finishedAt ? found : null;
      });
    });
    if (job.status !== 'complete') throw new Error(`The backup is ${job.status}: ${job.error?.message}`);
    const readBytes = transferredBytes(moverPid!).read - before.read;
    return { ...measured, readBytes, sentBytes: job.progress.transferredBytes, pointId: job.pointId! };
  }

  async createFrom(pointId: string): Promise<Measurement & { file: string }> {
    const { ctx } = this.owner;
    const from = { kind: 'backup' as const, pointId };
    const { result, ...measured } = await this.#measured(async () => {
      const { id } = await createDisk(ctx, { name: `of-${pointId.slice(-12)}`, region, format: 'raw', from });
      return this.#untilMade(id);
    });
    return { ...measured, file: diskFile({ accountId: ctx.accountId, ...result }) };
  }

  storedBytes(): number {
    return measureTree(this.vaultFolder).bytes;
  }

  /** With the CPU time and memory of engine, mover, a machine that runs, and database. */
  async #measured<T>(work: () => Promise<T>): Promise<{ result: T } & Measurement> {
    const { enginePid, postgresPid, dataFolder } = this.installation;
    const [moverPid] = childrenOf(enginePid, 'mover');
    const cpu = () => familyCpuSeconds(enginePid) + familyCpuSeconds(postgresPid);
    for (const pid of [enginePid, moverPid!]) resetPeak(pid);
    const before = cpu();
    const measured = await timed(dataFolder, work);
    return {
      ...measured,
      cpuSeconds: measured.cpuSeconds! + cpu() - before,
      peakBytes: { engine: peakBytes(enginePid), mover: peakBytes(moverPid!) },
    };
  }

  #untilMade(id: string): Promise<Disk> {
    return waitFor(async () => {
      const disk = await getDisk(this.owner.ctx, { id });
      if (disk.state === 'error') throw new Error(`The disk was not made: ${disk.stateReason}`);
      return disk.state === 'available' ? disk : null;
    });
  }

  #untilServer(state: string): Promise<unknown> {
    return waitFor(async () => {
      const server = await getServer(this.owner.ctx, { id: this.#serverId });
      const isRefused = state === 'running' && server.state === 'stopped' && server.stateReason !== null;
      if (server.state === 'error' || isRefused) throw new Error(`The server failed: ${server.stateReason}`);
      return server.state === state;
    });
  }
}
