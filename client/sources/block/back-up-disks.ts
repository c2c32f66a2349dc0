import type { FileEntry } from '@/lib/engine/core/tree/entry';
import { TreeBuilder } from '@/lib/engine/core/tree/tree-builder';
import type { BlockDetails } from '@/lib/jobs/schemas';
import { runTreeBackup, type TreePass, type TreePassResult } from '../../backup/run-tree-backup';
import type { JobContext, JobResult } from '../../jobs/run-job';
import type { BackupOffer } from '../adapter';
import { buildBlockMap } from './block-map';
import { type DiskMark, encodeMark, ParentMap, readParent } from './parent-map';
import { type PlacedDisk, readPlace } from './place';
import { openResting } from './resting-moment';
import { type Moment, type MomentDisk, openMoment } from './running-moment';

type ParentDisks = Awaited<ReturnType<typeof readParent>>;

/** Backs up one disk, or all disks of a server at one moment. Each becomes one file of the tree, in the order of their places. */
export async function backUpDisks(context: JobContext, offer: BackupOffer): Promise<JobResult> {
  const place = readPlace(offer.work.source?.place);
  const disks = [...place.disks].sort((a, b) => (a.path < b.path ? -1 : 1));
  const details: { block: BlockDetails | null } = { block: null };
  return runTreeBackup(context, offer, {
    details,
    pass: async (pass) => {
      const parents = await readParent(pass);
      const moment =
        place.qmp && place.scratch
          ? await openMoment({
              qmp: place.qmp,
              scratch: place.scratch,
              disks,
              family: offer.work.source?.id ?? 'none',
              jobId: context.jobId,
              parents: bitmapsOf(disks, parents),
            })
          : await openResting(disks, parents);
      return new DisksPass(pass, disks, parents, moment, details).run();
    },
  });
}

function bitmapsOf(disks: readonly PlacedDisk[], parents: ParentDisks): Map<number, string> {
  const found = new Map<number, string>();
  for (const { path, diskId, position } of disks) {
    const mark = parents.get(path)?.mark;
    if (mark?.bitmap && mark.diskId === diskId) found.set(position, mark.bitmap);
  }
  return found;
}

class DisksPass {
  #readBytes = 0;
  readonly #marks: DiskMark[] = [];
  readonly #startedAt = Date.now();

  constructor(
    private readonly pass: TreePass,
    private readonly disks: readonly PlacedDisk[],
    private readonly parents: ParentDisks,
    private readonly moment: Moment,
    private readonly details: { block: BlockDetails | null },
  ) {}

  async run(): Promise<TreePassResult> {
    const { meter, namingKey, uploader } = this.pass;
    const total = this.moment.disks.reduce((sum, { device }) => sum + device.sizeBytes, 0);
    meter.setTotals(total, this.disks.length);
    try {
      const tree = new TreeBuilder(namingKey, (page) => uploader.add(page));
      for (const [i, disk] of this.disks.entries())
        await tree.add(await this.#backUp(disk, this.moment.disks[i]!));
      const root = await tree.finish();
      await uploader.flush();
      this.details.block = {
        isCrashConsistent: this.moment.bitmap !== null,
        disks: this.#marks.map(({ diskId, generation, dataBytes }) => ({ diskId, generation, dataBytes })),
      };
      return {
        root,
        readBytes: this.#readBytes,
        committed: () => this.moment.end(true),
        abandoned: () => this.moment.end(false),
      };
    } catch (error) {
      await this.moment.end(false);
      throw error;
    }
  }

  async #backUp(disk: PlacedDisk, { device, changed }: MomentDisk): Promise<FileEntry> {
    const { meter, namingKey, uploader, signal } = this.pass;
    meter.currentItem = disk.path;
    const parent = await this.#openParent(disk);
    const map = await buildBlockMap({
      device,
      namingKey,
      uploader,
      parent,
      changed: parent ? changed : null,
      onDone: (bytes) => {
        meter.bytesDone += bytes;
      },
      signal,
    });
    this.#readBytes += map.readBytes;
    meter.itemsDone++;
    const { diskId, generation } = disk;
    const mark = { diskId, generation, dataBytes: map.dataBytes, bitmap: this.moment.bitmap };
    this.#marks.push(mark);
    return {
      type: 'file',
      name: Buffer.from(disk.path),
      mode: 0o600,
      uid: 0,
      gid: 0,
      mtimeNs: BigInt(this.#startedAt) * 1_000_000n,
      sizeBytes: map.sizeBytes,
      content: map.content,
      isSparse: true,
      xattrs: [encodeMark(mark)],
    };
  }

  async #openParent({ path, diskId }: PlacedDisk): Promise<ParentMap | null> {
    const found = this.parents.get(path);
    if (!found || found.mark.diskId !== diskId) return null;
    return ParentMap.open(found.reader, found.entry, found.mark);
  }
}
