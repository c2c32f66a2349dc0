import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vaultFolder } from '@/lib/engine/vaults/region-storage';
import type { Contender, ContenderFactory, Run } from '../contenders/contender';
import type { Measurement } from '../measure';
import { median } from '../median';
import { measureTree } from '../tree';
import { makeAccounts, region } from './accounts';
import { DatabaseMeter } from './database-meter';
import type { Installation } from './installation';
import { untilCopied } from './replication-times';
import { timeEmptyTicks } from './ticks';
import { TrafficMeter } from './traffic-meter';
import { replicate, restore, runClient } from './work';

const smallPoints = 5;

export interface CrossvaultContender extends ContenderFactory {
  /** The first vault of the run under way. */
  vaultFolder(): string;
}

/** The whole way: the client's command, gateway, engine, database; two accounts, each with a key of its own. */
export function crossvault(installation: Installation, name: string): CrossvaultContender {
  let first = '';
  return {
    name,
    vaultFolder: () => first,
    async open(folder) {
      installation.use();
      const world = new World(installation, folder, await makeAccounts(installation, folder));
      first = world.firstVault;
      return world.contender(name);
    },
  };
}

class World {
  readonly firstVault: string;
  readonly #secondVault: string;
  readonly #database: DatabaseMeter;
  readonly #facts: Record<string, number> = {};
  #replicationId = '';
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

  async contender(name: string): Promise<Contender> {
    const daemon = await this.installation.startClient(this.sides.target.configDir);
    await this.#database.start();
    return {
      name,
      isOwn: true,
      steps: {
        'first backup': (run) => this.#backup(run.source),
        'unchanged backup': (run) => this.#backup(run.source),
        'first replication': () => this.#replicateHistory(),
        'changed backup': (run) => this.#backupChange(run),
        'replication of the change': async () => this.#changeCopied!,
        'backup of scattered changes': (run) => this.#backupChange(run),
        'replication of scattered changes': async () => this.#changeCopied!,
        'nothing to replicate': () => timeEmptyTicks(this.installation, this.sides.target.ctx.accountId),
        'restore from the copy': (run) => this.#restore(run, daemon.pid!),
        'small point visible at the copy': () => this.#smallPoints(),
      },
      restoredTree: ({ restoreTo, source }) => join(restoreTo, source),
      facts: async () => ({ ...this.#facts }),
      close: () => daemon.stop(),
    };
  }

  #backup(path: string): Promise<Measurement> {
    return runClient(this.installation, this.sides.source, ['backup', path]);
  }

  async #replicateHistory(): Promise<Measurement> {
    const { source, target } = this.sides;
    Object.assign(this.#facts, await this.#database.perStored('backup', this.firstVault));
    const traffic = new TrafficMeter(this.installation.enginePid);
    const { replicationId, copies, ...measured } = await replicate(this.installation, source, target);
    this.#replicationId = replicationId;
    Object.assign(this.#facts, traffic.per('replication', this.#secondVault));
    this.#facts.historyPoints = copies.points;
    return measured;
  }

  /** The copy begins with the commit: it is waited for here, so that it disturbs nobody else's step. */
  async #backupChange({ source }: Run): Promise<Measurement> {
    const measured = await this.#backup(source);
    const { newestSeconds } = await untilCopied(this.installation, this.#replicationId);
    this.#changeCopied = { seconds: newestSeconds };
    return measured;
  }

  async #restore({ restoreTo }: Run, daemonPid: number): Promise<Measurement> {
    this.#facts.storedBytes = measureTree(this.firstVault).bytes;
    this.#facts.copyStoredBytes = measureTree(this.#secondVault).bytes;
    const { targetPointId } = await untilCopied(this.installation, this.#replicationId);
    const what = { pointId: targetPointId, targetPath: restoreTo };
    return restore(this.installation, this.sides.target, daemonPid, what);
  }

  async #smallPoints(): Promise<Measurement> {
    const path = join(this.folder, 'small');
    await mkdir(path);
    const seconds: number[] = [];
    for (let n = 0; n < smallPoints; n++) {
      await writeFile(join(path, `note-${n}.txt`), `note ${n}\n`);
      await this.#backup(path);
      seconds.push((await untilCopied(this.installation, this.#replicationId)).newestSeconds);
    }
    this.#facts.slowestSmallPointSeconds = Math.max(...seconds);
    return { seconds: median(seconds) };
  }
}
