import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlockSource, createDisk, type Extent } from '@/lib/engine/core/disk';
import { Nbd } from '@/lib/engine/core/qemu/nbd';
import { Qmp } from '@/lib/engine/core/qemu/qmp';
import { CrossvaultError } from '@/lib/errors';
import { blockBytes, type ChangedRanges } from './block-map';
import type { PlacedDisk } from './place';

/** The node of a machine's disk that is backed up: what lies in its file, so that an encrypted one stays so. */
export const nodeOf = (position: number) => `disk-${position}`;
const overlayOf = (position: number) => `moment-${position}`;
const exportOf = (position: number) => `moment-${position}`;

interface BitmapInfo {
  name?: string;
  recording: boolean;
  inconsistent?: boolean;
}
interface NodeInfo {
  'node-name': string;
  image: { 'virtual-size': number };
  'dirty-bitmaps'?: BitmapInfo[];
}

export interface MomentDisk {
  device: BlockSource;
  /** Null when the machine does not know what changed since the parent. */
  changed: ChangedRanges | null;
}

export interface Moment {
  disks: MomentDisk[];
  /** Changes after this moment are written down under it; null when nothing writes. */
  bitmap: string | null;
  /** Ends it. After a commit the next backup builds on this moment, else again on the one before. */
  end(isCommitted: boolean): Promise<void>;
}

interface MomentInput {
  qmp: string;
  scratch: string;
  disks: readonly PlacedDisk[];
  /** Of the source, so that two sources of one machine do not mix. */
  family: string;
  jobId: string;
  /** By position: the parent's bitmap. */
  parents: ReadonlyMap<number, string>;
}

/**
 * All disks of a running machine at one moment, by QEMU's own means: one transaction puts a block job before every disk that
 * keeps what the guest overwrites from then on, and begins to write down what changes. The moment is then read over a socket.
 */
export async function openMoment(input: MomentInput): Promise<Moment> {
  const qmp = await Qmp.connect(input.qmp);
  try {
    return await new MomentMaker(qmp, input).open();
  } catch (error) {
    qmp.close();
    throw error;
  }
}

class MomentMaker {
  readonly #bitmap: string;
  readonly #socket: string;
  readonly #readers: Nbd[] = [];
  /** By position: the bitmap of the parent that this machine still has. */
  readonly #earlier = new Map<number, string>();

  constructor(
    private readonly qmp: Qmp,
    private readonly input: MomentInput,
  ) {
    this.#bitmap = `cv-${input.family}-${input.jobId}`;
    this.#socket = join(input.scratch, 'moment.sock');
  }

  async open(): Promise<Moment> {
    await this.#clear();
    const nodes = await this.#nodes();
    for (const { position } of this.input.disks) {
      const node = nodes.get(nodeOf(position));
      if (!node) throw notAttached(position);
      await this.#joinBitmaps(position, node);
      await this.#addOverlay(position, node.image['virtual-size']);
    }
    await this.qmp.run('transaction', { actions: this.input.disks.flatMap((disk) => this.#actions(disk)) });
    await this.qmp.run('nbd-server-start', { addr: { type: 'unix', data: { path: this.#socket } } });
    const disks: MomentDisk[] = [];
    for (const { position } of this.input.disks) disks.push(await this.#openDisk(position));
    return { disks, bitmap: this.#bitmap, end: (isCommitted) => this.#end(isCommitted) };
  }

  async #nodes(): Promise<Map<string, NodeInfo>> {
    const all = await this.qmp.run<NodeInfo[]>('query-named-block-nodes', { flat: true });
    return new Map(all.map((node) => [node['node-name'], node]));
  }

  /** What a mover that was ended left behind. */
  async #clear(): Promise<void> {
    const jobs = await this.qmp.run<{ device: string }[]>('query-block-jobs');
    await this.qmp.run('nbd-server-stop').catch(() => {});
    for (const { device } of jobs.filter((job) => job.device.startsWith('moment-')))
      await this.#cancel(device);
    const nodes = await this.#nodes();
    for (const name of nodes.keys()) {
      if (!name.startsWith('moment-') || name.endsWith('-file')) continue;
      await this.qmp.run('blockdev-del', { 'node-name': name }).catch(() => {});
      await this.qmp.run('blockdev-del', { 'node-name': `${name}-file` }).catch(() => {});
    }
    for (const { position } of this.input.disks) await rm(this.#overlayFile(position), { force: true });
    await rm(this.#socket, { force: true });
  }

  /**
   * What this source's unfinished backups wrote down joins the parent's bitmap, which goes on as if they had not been. Without
   * the parent's own nothing of it is of use.
   */
  async #joinBitmaps(position: number, node: NodeInfo): Promise<void> {
    const own = (node['dirty-bitmaps'] ?? []).filter(({ name }) =>
      name?.startsWith(`cv-${this.input.family}-`),
    );
    const wanted = this.input.parents.get(position);
    const parent = own.find(({ name, inconsistent }) => name === wanted && !inconsistent);
    const at = { node: nodeOf(position) };
    for (const { name } of own) {
      if (name === parent?.name) continue;
      if (parent)
        await this.qmp.run('block-dirty-bitmap-merge', { ...at, target: parent.name, bitmaps: [name] });
      await this.qmp.run('block-dirty-bitmap-remove', { ...at, name });
    }
    if (!parent?.name) return;
    if (!parent.recording) await this.qmp.run('block-dirty-bitmap-enable', { ...at, name: parent.name });
    this.#earlier.set(position, parent.name);
  }

  async #addOverlay(position: number, sizeBytes: number): Promise<void> {
    const file = this.#overlayFile(position);
    const rounded = Math.ceil(sizeBytes / 512) * 512;
    await (await createDisk(file, 'qcow2', rounded)).finish();
    const name = overlayOf(position);
    await this.qmp.run('blockdev-add', { driver: 'file', filename: file, 'node-name': `${name}-file` });
    await this.qmp.run('blockdev-add', {
      driver: 'qcow2',
      file: `${name}-file`,
      backing: nodeOf(position),
      'node-name': name,
    });
  }

  #actions({ position }: PlacedDisk) {
    const node = nodeOf(position);
    const earlier = this.#earlier.get(position);
    return [
      {
        type: 'blockdev-backup',
        data: { 'job-id': overlayOf(position), device: node, target: overlayOf(position), sync: 'none' },
      },
      {
        type: 'block-dirty-bitmap-add',
        data: { node, name: this.#bitmap, granularity: blockBytes },
      },
      ...(earlier ? [{ type: 'block-dirty-bitmap-disable', data: { node, name: earlier } }] : []),
    ];
  }

  async #openDisk(position: number): Promise<MomentDisk> {
    const earlier = this.#earlier.get(position);
    const name = exportOf(position);
    await this.qmp.run('block-export-add', {
      type: 'nbd',
      id: name,
      name,
      'node-name': overlayOf(position),
      ...(earlier && { bitmaps: [{ node: nodeOf(position), name: earlier }] }),
    });
    const bitmapContext = `qemu:dirty-bitmap:${earlier}`;
    const nbd = await Nbd.connect(this.#socket, name, [
      'base:allocation',
      ...(earlier ? [bitmapContext] : []),
    ]);
    this.#readers.push(nbd);
    return { device: new NbdDevice(nbd), changed: earlier ? await readChanges(nbd, bitmapContext) : null };
  }

  async #end(isCommitted: boolean): Promise<void> {
    try {
      for (const nbd of this.#readers) nbd.close();
      await this.#clear();
      for (const { position } of this.input.disks) await this.#settleBitmaps(position, isCommitted);
    } catch (error) {
      // The machine may have ended meanwhile: then its bitmaps are gone too, and the next backup compares.
      if (!(error instanceof CrossvaultError && error.reason === 'machine_gone')) throw error;
    } finally {
      this.qmp.close();
    }
  }

  async #settleBitmaps(position: number, isCommitted: boolean): Promise<void> {
    const node = nodeOf(position);
    const earlier = this.#earlier.get(position);
    if (isCommitted) {
      if (earlier) await this.qmp.run('block-dirty-bitmap-remove', { node, name: earlier });
      return;
    }
    if (earlier) {
      await this.qmp.run('block-dirty-bitmap-merge', { node, target: earlier, bitmaps: [this.#bitmap] });
      await this.qmp.run('block-dirty-bitmap-enable', { node, name: earlier });
    }
    await this.qmp.run('block-dirty-bitmap-remove', { node, name: this.#bitmap });
  }

  async #cancel(job: string): Promise<void> {
    const ended = this.qmp.waitFor(
      ({ event, data }) => /^BLOCK_JOB_(?:CANCELLED|COMPLETED)$/.test(event) && data?.device === job,
      10_000,
    );
    await this.qmp.run('block-job-cancel', { device: job, force: true }).catch(() => {});
    await ended;
  }

  #overlayFile(position: number): string {
    return join(this.input.scratch, `${overlayOf(position)}.qcow2`);
  }
}

class NbdDevice implements BlockSource {
  readonly sizeBytes: number;

  constructor(private readonly nbd: Nbd) {
    this.sizeBytes = nbd.sizeBytes;
  }

  read(offset: number, into: Uint8Array): Promise<void> {
    return this.nbd.read(offset, into);
  }

  /** Gathered before anything is read: one connection answers one question at a time. */
  async *extents(): AsyncIterable<Extent> {
    const zeroFlag = 2;
    const all: Extent[] = [];
    for await (const { offset, length, flags } of this.nbd.extents('base:allocation'))
      all.push({ offset, length, isZero: (flags & zeroFlag) !== 0 });
    yield* all;
  }

  async close(): Promise<void> {}
}

/** Which blocks QEMU wrote down as written, as one bit each. */
async function readChanges(nbd: Nbd, context: string): Promise<ChangedRanges> {
  const count = Math.ceil(nbd.sizeBytes / blockBytes);
  const ranges: [number, number][] = [];
  for await (const { offset, length, flags } of nbd.extents(context)) {
    if ((flags & 1) === 0) continue;
    ranges.push([
      Math.floor(offset / blockBytes),
      Math.min(count, Math.ceil((offset + length) / blockBytes)),
    ]);
  }
  return sortedRanges(ranges);
}

/** @param ranges of blocks, ascending and apart. */
export function sortedRanges(ranges: readonly [number, number][]): ChangedRanges {
  return {
    any(start, end) {
      const [from, to] = [Math.floor(start / blockBytes), Math.ceil(end / blockBytes)];
      let [low, high] = [0, ranges.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ranges[middle]![1] <= from) low = middle + 1;
        else high = middle;
      }
      return low < ranges.length && ranges[low]![0] < to;
    },
  };
}

function notAttached(position: number): CrossvaultError {
  return new CrossvaultError(
    'unavailable',
    `The running machine has no disk at place ${position}. Stop and start the server, then try again.`,
    { reason: 'machine_differs' },
  );
}
