import type { ChunkLocation, ChunkName, PackRow } from '@/lib/engine/core';
import { NameSet } from '@/lib/engine/core/name-set';

export interface WantedChunk {
  name: ChunkName;
  location: ChunkLocation;
}

/** A frame of a source pack with the chunks of it that may cross. */
export interface GatheredFrame {
  pack: ChunkLocation['pack'];
  frame: number;
  rows: readonly PackRow[];
  wanted: ChunkName[];
  /** Every chunk of the frame may cross, so that it can be sealed anew without being opened up. */
  isWhole: boolean;
}

interface Held extends GatheredFrame {
  names: NameSet;
}

/**
 * Gathers wanted chunks by frame. A frame comes out as soon as all its chunks are wanted; the others are held, because a
 * tree refers to neighbours from several pages, and come out filtered when too many names are held or at the end.
 */
export class FrameGatherer {
  readonly #held = new Map<string, Held>();
  #heldNames = 0;

  /** @param rowsOf the rows of one frame in its pack's table of contents. */
  constructor(
    private readonly rowsOf: (pack: ChunkLocation['pack'], frame: number) => Promise<readonly PackRow[]>,
    private readonly maxHeldNames = 20_000,
  ) {}

  /** @returns the frames that need not be held any longer. */
  async add(chunks: readonly WantedChunk[]): Promise<GatheredFrame[]> {
    const ready: GatheredFrame[] = [];
    for (const { name, location } of chunks) {
      const id = `${location.pack.objectName}:${location.frame}`;
      let held = this.#held.get(id);
      if (!held) {
        const rows = await this.rowsOf(location.pack, location.frame);
        held = {
          pack: location.pack,
          frame: location.frame,
          rows,
          wanted: [],
          isWhole: false,
          names: new NameSet(),
        };
        this.#held.set(id, held);
      }
      if (!held.names.add(name)) continue;
      held.wanted.push(name);
      this.#heldNames += 1;
      if (held.wanted.length === held.rows.length) ready.push(this.#release(id, held, true));
    }
    for (const [id, held] of this.#held) {
      if (this.#heldNames <= this.maxHeldNames) break;
      ready.push(this.#release(id, held, false));
    }
    return ready;
  }

  /** Everything that is still held. */
  drain(): GatheredFrame[] {
    return [...this.#held].map(([id, held]) => this.#release(id, held, false));
  }

  #release(id: string, { names: _, ...frame }: Held, isWhole: boolean): GatheredFrame {
    this.#held.delete(id);
    this.#heldNames -= frame.wanted.length;
    return { ...frame, isWhole };
  }
}
