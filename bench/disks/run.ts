import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findMachineHost } from '@/lib/engine/machines/find-qemu';
import { vaultFolder } from '@/lib/engine/vaults/region-storage';
import { findRestic } from '../contenders/restic';
import { region } from '../crossvault/accounts';
import type { Installation } from '../crossvault/installation';
import type { Dataset } from '../data/dataset';
import { cachedImage } from '../data/disk-image';
import { type Measurement, runCommand } from '../measure';
import type { DiskContender, DiskStep } from './contender';
import { type BenchDisk, type DiskBackup, DiskWorld } from './crossvault';
import { blockBytes, type ChangeShape, changeShapes, makeFullDisk, planChange } from './images';
import { writeInMachine } from './machine-writer';
import { findQemuImg, qemuImg } from './qemu-img';
import { resticOnDisk } from './restic';

export interface DiskSizes {
  /** What the file system holds. */
  tree: Dataset;
  fileSystemBytes: number;
  /** Two full disks that change by the same: 1 % of the smaller one. */
  fullBytes: [small: number, large: number];
}

export interface DiskOutcome {
  contender: string;
  measured: Partial<Record<DiskStep, Measurement>>;
  storedBytes: number;
}

/** What a backup of the same change cost on a small and on a large disk. */
export interface FollowOutcome {
  shape: ChangeShape;
  changedBytes: number;
  backups: { sizeBytes: number; readBytes: number; sentBytes: number; seconds: number }[];
}

export interface DisksOutcome {
  sizeBytes: number;
  dataBytes: number;
  steps: DiskOutcome[];
  follow: FollowOutcome[];
}

interface Place {
  installation: Installation;
  scratch: string;
  /** Keeps the image of the file system for the next run. */
  cache: string;
  log: (line: string) => void;
}

/** One run over one disk: each step by all, one after the other; who begins turns from run to run. */
export async function runDisks(place: Place, sizes: DiskSizes, runNo: number): Promise<DisksOutcome> {
  const { installation, scratch, cache, log } = place;
  const folder = join(scratch, `disks-${runNo}`);
  await mkdir(folder);
  const world = await DiskWorld.open(installation, (id) => vaultFolder(installation.dataFolder, region, id));
  try {
    const disks = await makeDisks(world, { folder, cache }, sizes);
    const others = await findOthers(folder, disks[0]!);
    const run = new DiskRun(world, disks, others, { folder, runNo, log });
    return await run.run();
  } finally {
    await world.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeDisks(
  world: DiskWorld,
  { folder, cache }: { folder: string; cache: string },
  sizes: DiskSizes,
): Promise<BenchDisk[]> {
  const made = await cachedImage(cache, sizes.tree, sizes.fileSystemBytes);
  const disks = [await world.addDisk('file-system', made, sizes.fileSystemBytes)];
  const image = join(folder, 'image');
  for (const [n, sizeBytes] of sizes.fullBytes.entries()) {
    await makeFullDisk(image, sizeBytes);
    disks.push(await world.addDisk(`full-${n}`, image, sizeBytes));
    await rm(image);
  }
  return disks;
}

async function findOthers(folder: string, { file }: BenchDisk): Promise<DiskContender[]> {
  const own = async (name: string) => {
    const path = join(folder, name);
    await mkdir(path);
    return path;
  };
  const found: DiskContender[] = [];
  if (await findQemuImg()) {
    found.push(qemuImg(await own('plain'), file));
    found.push(qemuImg(await own('zstd'), file, ['-c', '-o', 'compression_type=zstd']));
  }
  if (await findRestic()) found.push(await resticOnDisk(await own('restic'), file));
  return found;
}

class DiskRun {
  readonly #outcomes: DiskOutcome[];
  #newest = '';

  constructor(
    private readonly world: DiskWorld,
    private readonly disks: readonly BenchDisk[],
    private readonly others: readonly DiskContender[],
    private readonly place: { folder: string; runNo: number; log: (line: string) => void },
  ) {
    const names = ['Crossvault', ...others.map(({ name }) => name)];
    this.#outcomes = names.map((contender) => ({ contender, measured: {}, storedBytes: 0 }));
  }

  async run(): Promise<DisksOutcome> {
    const [disk, ...full] = this.disks;
    await this.#take('disk backup', () => this.#backUp(disk!));
    await this.#take('unchanged disk', () => this.#backUp(disk!));
    const stored = [this.world.storedBytes()];
    for (const other of this.others) stored.push(await other.storedBytes());
    for (const [n, outcome] of this.#outcomes.entries()) outcome.storedBytes = stored[n]!;
    const hasMachine = (await findMachineHost()).program !== null;
    const follow = hasMachine ? await this.#running(disk!, full) : [];
    await this.#take('create disk', (made) => this.#create(disk!, made));
    const { stdout } = await runCommand(['du', '-B1', disk!.file]);
    return {
      sizeBytes: disk!.sizeBytes,
      dataBytes: Number.parseInt(stdout, 10),
      steps: this.#outcomes,
      follow,
    };
  }

  /** While a machine runs from the disks, QEMU writes down what changes. */
  async #running(disk: BenchDisk, full: readonly BenchDisk[]): Promise<FollowOutcome[]> {
    const serverId = await this.world.start(this.disks);
    const write = (of: BenchDisk, shape: ChangeShape, blocks: number) =>
      writeInMachine(
        { serverId, position: this.disks.indexOf(of), file: of.file },
        planChange(shape, of.sizeBytes, blocks),
      );
    await this.#take('server started: whole disk compared', () => this.#backUp(disk));
    for (const one of full) await this.world.backUp(one);
    for (const shape of changeShapes) {
      await write(disk, shape, Math.floor(disk.sizeBytes / 100 / blockBytes));
      await this.#take(`1 % changed, ${shape}`, () => this.#backUp(disk));
    }
    const blocks = Math.floor(full[0]!.sizeBytes / 100 / blockBytes);
    const follow: FollowOutcome[] = [];
    for (const shape of changeShapes) {
      const backups: FollowOutcome['backups'] = [];
      for (const one of full) {
        await write(one, shape, blocks);
        const { readBytes, sentBytes, seconds } = await this.world.backUp(one);
        backups.push({ sizeBytes: one.sizeBytes, readBytes, sentBytes, seconds });
      }
      follow.push({ shape, changedBytes: blocks * blockBytes, backups });
    }
    await this.world.stop();
    return follow;
  }

  async #take(step: DiskStep, own: (made: string) => Promise<Measurement>): Promise<void> {
    const { runNo, log, folder } = this.place;
    const works = [own, ...this.others.map(({ steps }) => steps[step])];
    for (let n = 0; n < works.length; n++) {
      const at = (n + runNo) % works.length;
      const made = join(folder, 'made');
      const measured = await works[at]?.(made);
      if (!measured) continue;
      const outcome = this.#outcomes[at]!;
      outcome.measured[step] = measured;
      log(`disk, run ${runNo + 1}: ${step}, ${outcome.contender}: ${measured.seconds.toFixed(2)} s`);
      if (step !== 'create disk' || at === 0) continue;
      await requireSame(this.disks[0]!.file, made, outcome.contender);
      await rm(made);
    }
  }

  async #backUp(disk: BenchDisk): Promise<Measurement> {
    const { pointId, readBytes: _, sentBytes: __, ...measured }: DiskBackup = await this.world.backUp(disk);
    this.#newest = pointId;
    return measured;
  }

  async #create(disk: BenchDisk, _made: string): Promise<Measurement> {
    const { file, ...measured } = await this.world.createFrom(this.#newest);
    await requireSame(disk.file, file, 'Crossvault');
    return measured;
  }
}

async function requireSame(disk: string, made: string, who: string): Promise<void> {
  await runCommand(['cmp', disk, made]).catch((cause) => {
    throw new Error(`What ${who} made is not the disk`, { cause });
  });
}
