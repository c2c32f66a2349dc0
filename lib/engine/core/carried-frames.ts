import { corrupt } from './bytes';
import type { ChunkLocation, ChunkName } from './chunk';
import { nameBytes } from './names';
import { frameSeal, type OpenPack, requireFrame } from './pack/pack-reader';
import { tagBytes } from './seal';
import { copySlabs } from './slabs';
import type { ObjectStore } from './store/object-store';
import { readMended } from './store/read-mended';
import type { ChunkRun } from './work/jobs';
import type { WorkPool } from './work/pool';

/** Read from the store at a time: frames that lie one after the other. */
const maxRunBytes = 2000 * 1024;

export interface WantedChunk {
  name: ChunkName;
  location: ChunkLocation;
}

/** What is wanted of one frame. */
export interface WantedFrame {
  pack: OpenPack;
  frame: number;
  /** In the order of the frame, each once. */
  parts: WantedChunk[];
  /** Every byte of the frame is wanted: it may cross as it was compressed. */
  isWhole: boolean;
  /** What crosses: the compressed body of a whole frame, the plain parts of another. */
  bodyBytes: number;
}

/** Frames that are read together: several only where all of them are whole and lie one after the other. */
export type FrameGroup = WantedFrame[];

/** In the order in which the frames are first asked for. */
export async function planFrames(
  chunks: Iterable<WantedChunk>,
  openPack: (location: ChunkLocation) => Promise<OpenPack>,
): Promise<FrameGroup[]> {
  const wanted = new Map<string, WantedChunk[]>();
  for (const chunk of chunks) {
    const id = `${chunk.location.pack.objectName}:${chunk.location.frame}`;
    const parts = wanted.get(id);
    if (parts) parts.push(chunk);
    else wanted.set(id, [chunk]);
  }
  const groups: FrameGroup[] = [];
  let runBytes = 0;
  for (const chunksOfFrame of wanted.values()) {
    const { location } = chunksOfFrame[0]!;
    const frame = wantedFrame(await openPack(location), location.frame, chunksOfFrame);
    const last = groups.at(-1)?.at(-1);
    const follows =
      last?.isWhole && frame.isWhole && last.pack === frame.pack && last.frame + 1 === frame.frame;
    if (follows && runBytes + frame.bodyBytes <= maxRunBytes) {
      groups.at(-1)!.push(frame);
      runBytes += frame.bodyBytes;
    } else {
      groups.push([frame]);
      runBytes = frame.bodyBytes;
    }
  }
  return groups;
}

function wantedFrame(pack: OpenPack, frame: number, chunks: WantedChunk[]): WantedFrame {
  const { plainLength, sealedLength } = requireFrame(pack, frame);
  // An empty chunk has the place of the one after it.
  const sorted = chunks.toSorted(
    ({ location: a }, { location: b }) => a.offset - b.offset || a.length - b.length,
  );
  const parts: WantedChunk[] = [];
  let covered = 0;
  let bytes = 0;
  for (const part of sorted) {
    const { offset, length } = part.location;
    const before = parts.at(-1)?.location;
    if (before?.offset === offset && before.length === length) continue;
    if (offset + length > plainLength)
      throw corrupt(`${pack.ref.objectName}, a chunk lies outside its frame`);
    parts.push(part);
    bytes += length;
    if (offset === covered) covered += length;
  }
  // Pages are small, and who sends them has to look into them.
  const isWhole = pack.ref.type === 'data' && covered === plainLength && bytes === plainLength;
  return { pack, frame, parts, isWhole, bodyBytes: isWhole ? sealedLength - tagBytes : bytes };
}

export function runOf(parts: readonly WantedChunk[]): ChunkRun {
  return {
    lengths: parts.map(({ location }) => location.length),
    names: Buffer.concat(
      parts.map(({ name }) => name),
      parts.length * nameBytes,
    ),
  };
}

interface UnsealedRun {
  slab: Uint8Array;
  bodies: Uint8Array[];
  release(): void;
}

/**
 * The authenticated bodies of whole frames that lie one after the other, opened where they were read to: the sealed bytes
 * come to the end of the memory and each body moves towards its start, so that nothing overtakes what is not opened yet.
 * @param rooms bytes left free before each body
 * @throws `corrupt_data`, `not_found`.
 */
export async function unsealRun(
  store: ObjectStore,
  pool: WorkPool,
  group: readonly WantedFrame[],
  rooms: readonly number[],
): Promise<UnsealedRun> {
  const { pack } = group[0]!;
  const infos = group.map(({ frame }) => requireFrame(pack, frame));
  const { offset } = infos[0]!;
  const length = infos.at(-1)!.offset + infos.at(-1)!.sealedLength - offset;
  const start = rooms.reduce((sum, room) => sum + room, 0);
  const slab = copySlabs.takeOrMake(start + length);
  let to = 0;
  const frames = group.map(({ frame }, i) => {
    const sealedLength = infos[i]!.sealedLength;
    to += rooms[i]!;
    const placed = {
      at: start + infos[i]!.offset - offset,
      to,
      length: sealedLength,
      from: frameSeal(pack, frame),
    };
    to += sealedLength - tagBytes;
    return placed;
  });
  const { objectName } = pack.ref;
  const into = slab.subarray(start, start + length);
  try {
    await readMended(store, objectName, async () => {
      const bytes = await store.get(objectName, { offset, length }, into);
      if (bytes !== into) into.set(bytes);
      await pool.run({ op: 'unseal', slab, frames });
    });
  } catch (error) {
    copySlabs.give(slab);
    throw error;
  }
  return {
    slab,
    bodies: frames.map((frame) => slab.subarray(frame.to, frame.to + frame.length - tagBytes)),
    release: () => copySlabs.give(slab),
  };
}
