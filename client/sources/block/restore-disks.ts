import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createDisk } from '@/lib/engine/core/disk';
import { nameToHex } from '@/lib/engine/core/names';
import type { ChunkRef, FileEntry } from '@/lib/engine/core/tree/entry';
import type { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { CrossvaultError } from '@/lib/errors';
import { ReportBuilder } from '../../jobs/job-report';
import type { JobContext, JobResult } from '../../jobs/run-job';
import type { ChunkFetcher } from '../../restore/chunk-fetcher';
import { openRestore, type RestoreOffer } from '../../restore/open-restore';
import { ZeroNames } from './block-map';
import { type PlacedDisk, readPlace } from './place';

const groupBytes = 8 * 1024 * 1024;
const groupsAhead = 3;

interface Piece extends ChunkRef {
  offset: number;
  isHole: boolean;
}

/** Writes disks of a backup to files of a pool: each beside its place first, and into it when it is whole and durable. */
export async function restoreDisks(context: JobContext, offer: RestoreOffer): Promise<JobResult> {
  const { destination } = offer.work.spec;
  if (destination.kind !== 'disks') throw new Error('Invariant broken: a disk is restored to disks');
  const place = readPlace(offer.work.source?.place);
  const report = new ReportBuilder();
  const { begun, fetcher, reader, rootPage } = await openRestore(context, offer, report);
  const zeros = new ZeroNames(Buffer.from(begun.namingKey, 'base64'));
  const wanted = await Promise.all(
    destination.disks.map(async ({ path, diskId }) => {
      const entry = await reader.lookup(rootPage, [Buffer.from(path)]);
      const target = place.disks.find((disk) => disk.diskId === diskId);
      if (entry.type !== 'file' || !target) throw noPlace();
      return { entry, target };
    }),
  );
  context.meter.setTotals(
    wanted.reduce((sum, { entry }) => sum + entry.sizeBytes, 0),
    wanted.length,
  );
  const written: PlacedDisk[] = [];
  try {
    for (const { entry, target } of wanted) {
      context.meter.currentItem = target.path;
      written.push(target);
      await writeDisk({ context, entry, target, fetcher, reader, zeros });
      context.meter.itemsDone++;
    }
    for (const target of written) await rename(partOf(target), target.file);
  } catch (error) {
    for (const target of written) await rm(partOf(target), { force: true });
    throw error;
  }
  report.files = wanted.length;
  return {
    outcome: 'complete',
    report: report.build(),
    summary: { pointId: begun.pointId, writtenBytes: context.meter.transferredBytes },
  };
}

interface WriteInput {
  context: JobContext;
  entry: FileEntry;
  target: PlacedDisk;
  fetcher: ChunkFetcher;
  reader: TreeReader;
  zeros: ZeroNames;
}

async function writeDisk({ context, entry, target, fetcher, reader, zeros }: WriteInput): Promise<void> {
  const { meter, signal } = context;
  // An account's first disk in a pool may come out of a backup.
  await mkdir(dirname(target.file), { recursive: true, mode: 0o700 });
  await rm(partOf(target), { force: true });
  const sink = await createDisk(partOf(target), target.format, entry.sizeBytes);
  try {
    for await (const group of fetchAhead(groups(reader, entry, zeros), fetcher)) {
      signal.throwIfAborted();
      for (const { ref, bytes } of group) {
        if (bytes) {
          await sink.write(ref.offset, bytes);
          meter.transferredBytes += bytes.length;
        }
        meter.bytesDone += ref.length;
      }
    }
    await sink.finish();
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

/** Runs of blocks that are fetched together; holes cost nothing and are not fetched. */
async function* groups(reader: TreeReader, entry: FileEntry, zeros: ZeroNames): AsyncGenerator<Piece[]> {
  let group: Piece[] = [];
  let bytes = 0;
  for await (const ref of reader.chunksFrom(entry.content, 0)) {
    const isHole = zeros.has(ref);
    group.push({ ...ref, isHole });
    if (!isHole) bytes += ref.length;
    if (bytes < groupBytes && group.length < 8192) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

type Fetched = { ref: Piece; bytes: Uint8Array | null }[];

async function* fetchAhead(source: AsyncGenerator<Piece[]>, fetcher: ChunkFetcher): AsyncGenerator<Fetched> {
  const queue: Promise<Fetched>[] = [];
  const fill = async () => {
    while (queue.length < groupsAhead) {
      const next = await source.next();
      if (next.done) return;
      const loading = fetchGroup(next.value, fetcher);
      loading.catch(() => {});
      queue.push(loading);
    }
  };
  await fill();
  for (let next = queue.shift(); next; next = queue.shift()) {
    const group = await next;
    await fill();
    yield group;
  }
}

async function fetchGroup(group: Piece[], fetcher: ChunkFetcher): Promise<Fetched> {
  const data = group.filter(({ isHole }) => !isHole);
  const unique = new Map(data.map((ref) => [nameToHex(ref.name), ref]));
  const got = await fetcher.fetch('data', [...unique.values()]);
  return group.map((ref) => {
    if (ref.isHole) return { ref, bytes: null };
    const bytes = got.get(nameToHex(ref.name));
    if (bytes instanceof Uint8Array) return { ref, bytes };
    throw bytes ?? new CrossvaultError('corrupt_data', 'A part of the backup did not arrive.');
  });
}

const partOf = ({ file }: PlacedDisk) => join(dirname(file), `.${basename(file)}.part`);

function noPlace(): CrossvaultError {
  return new CrossvaultError('not_found', 'A disk of this restore is not in the backup or not in a pool.');
}
