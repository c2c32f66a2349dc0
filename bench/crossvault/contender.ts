import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vaultFolder } from '@/lib/engine/vaults/region-storage';
import { getJob } from '@/lib/jobs';
import { startReplication } from '@/lib/replication';
import { startRestore } from '@/lib/restores';
import type { Contender, ContenderFactory, Run } from '../contenders/contender';
import { familyCpuSeconds, type Measurement, peakBytes, resetPeak, runCommand, timed } from '../measure';
import { median } from '../median';
import { measureTree } from '../tree';
import { makeAccounts, program, region } from './accounts';
import { DatabaseMeter } from './database-meter';
import type { Installation } from './installation';
import { untilCopied } from './replication-times';
import { timeEmptyTicks } from './ticks';
import { TrafficMeter } from './traffic-meter';
import { waitFor } from './wait-for';

const smallPoints = 5;

export interface CrossvaultContender extends ContenderFactory {
  /** The first vault of the run under way. */
  vaultFolder(): string;
}

/** The whole way: the client's command, gateway, engine, database; two accounts, each with a key of its own. */
export function crossvault(installation: Installation): CrossvaultContender {
  let first = '';
  return {
    name: 'Crossvault',
    vaultFolder: () => first,
    async open(folder) {
      const world = new World(installation, folder, await makeAccounts(installation, folder));
      first = world.firstVault;
      return world.contender();
    },
  };
}

class World {
  readonly firstVault: string;
  readonly #secondVault: string;
  readonly #database: DatabaseMeter;
  readonly #facts: Record<string, number> = {};
  #replicationId: string | null = null;
  #changeCopied: Measurement | null = null;

  constructor(
    private readonly installation: Installation,
    private readonly folder: string,
    private readonly sides: Awaited<ReturnType<typeof makeAccounts>>,
  ) {
    const { dataFolder, owner } = installation;
    this.firstVault = vaultFolder(dataFolder, region, sides.source.vaultId);
    this.#secondVault = vaultFolder(dataFolder, region, sides.target.vaultId);
    this.#database = new DatabaseMeter(owner);
  }

  async contender(): Promise<Contender> {
    const daemon = await this.installation.startClient(this.sides.target.configDir);
    await this.#database.start();
    return {
      name: 'Crossvault',
      steps: {
        'first backup': (run) => this.#backup(run.source),
        'unchanged backup': (run) => this.#backup(run.source),
        'first replication': () => this.#replicateHistory(),
        'changed backup': (run) => this.#backupChange(run),
        'replication of the change': async () => this.#changeCopied!,
        'nothing to replicate': () => timeEmptyTicks(this.installation, this.sides.target.ctx.accountId),
        'restore from the copy': (run) => this.#restore(run, daemon.pid!),
        'small point visible at the copy': () => this.#smallPoints(),
      },
      restoredTree: ({ restoreTo, source }) => join(restoreTo, source),
      facts: async () => ({
        ...this.#facts,
        storedBytes: measureTree(this.firstVault).bytes,
        copyStoredBytes: measureTree(this.#secondVault).bytes,
      }),
      close: () => daemon.stop(),
    };
  }

  /** With the CPU time and memory of engine and database, which are nobody's children that have ended. */
  async #measured<T>(work: () => Promise<T>): Promise<{ result: T } & Measurement> {
    const { enginePid, postgresPid, dataFolder } = this.installation;
    const cpu = () => familyCpuSeconds(enginePid) + familyCpuSeconds(postgresPid);
    resetPeak(enginePid);
    const before = cpu();
    const measured = await timed(dataFolder, work);
    const cpuSeconds = measured.cpuSeconds! + cpu() - before;
    return { ...measured, cpuSeconds, peakBytes: { engine: peakBytes(enginePid) } };
  }

  async #backup(path: string): Promise<Measurement> {
    const { configDir, vaultId } = this.sides.source;
    const command = [
      ...[process.execPath, ...(process.env.BENCH_CLIENT_FLAGS?.split(' ') ?? [])],
      ...[program, 'backup', path, '--vault', vaultId],
    ];
    const { result, ...measured } = await this.#measured(() =>
      runCommand(command, { CROSSVAULT_CLIENT_DIR: configDir }),
    );
    return { ...measured, peakBytes: { ...measured.peakBytes, client: result.peakBytes } };
  }

  async #replicateHistory(): Promise<Measurement> {
    const { source, target } = this.sides;
    Object.assign(this.#facts, await this.#database.perStored('backup', this.firstVault));
    const traffic = new TrafficMeter(this.installation.enginePid);
    const { result, ...measured } = await this.#measured(async () => {
      const ids = { sourceVaultId: source.vaultId, targetVaultId: target.vaultId };
      this.#replicationId = (await startReplication(source.ctx, ids)).id;
      return untilCopied(this.installation, this.#replicationId);
    });
    Object.assign(this.#facts, traffic.per('replication', this.#secondVault));
    this.#facts.historyPoints = result.points;
    return measured;
  }

  /** The copy begins with the commit: it is waited for here, so that it disturbs nobody else's step. */
  async #backupChange({ source }: Run): Promise<Measurement> {
    const measured = await this.#backup(source);
    const { newestSeconds } = await untilCopied(this.installation, this.#replicationId!);
    this.#changeCopied = { seconds: newestSeconds };
    return measured;
  }

  async #restore({ restoreTo }: Run, daemonPid: number): Promise<Measurement> {
    const { ctx, clientId } = this.sides.target;
    const { targetPointId } = await untilCopied(this.installation, this.#replicationId!);
    resetPeak(daemonPid);
    const clientCpu = familyCpuSeconds(daemonPid);
    const { result, ...measured } = await this.#measured(async () => {
      const { id } = await startRestore(ctx, {
        pointId: targetPointId,
        clientId,
        selection: { mode: 'all' },
        destination: { kind: 'host', targetPath: restoreTo },
      });
      return waitFor(async () => {
        const job = await getJob(ctx, { id });
        return job.finishedAt ? job : null;
      });
    });
    if (result.status !== 'complete')
      throw new Error(`The restore is ${result.status}: ${result.error?.message}`);
    return {
      ...measured,
      cpuSeconds: measured.cpuSeconds! + familyCpuSeconds(daemonPid) - clientCpu,
      peakBytes: { ...measured.peakBytes, client: peakBytes(daemonPid) },
    };
  }

  async #smallPoints(): Promise<Measurement> {
    const path = join(this.folder, 'small');
    await mkdir(path);
    const seconds: number[] = [];
    for (let n = 0; n < smallPoints; n++) {
      await writeFile(join(path, `note-${n}.txt`), `note ${n}\n`);
      await this.#backup(path);
      seconds.push((await untilCopied(this.installation, this.#replicationId!)).newestSeconds);
    }
    this.#facts.slowestSmallPointSeconds = Math.max(...seconds);
    return { seconds: median(seconds) };
  }
}
