import type { GatheredFrame } from './frame-gatherer';

export interface SizedFrame extends GatheredFrame {
  /** The frame's length in its pack. */
  sealedLength: number;
  /** What of it crosses, in sealed bytes. */
  bytes: number;
}

/** Frames that are read from the store together. */
export interface Load {
  frames: SizedFrame[];
  bytes: number;
  /** They cross whole and lie one after the other. */
  isRun: boolean;
}

/**
 * Puts frames into the order of their packs, packs in the order in which they came up, and joins whole frames of file bytes
 * that are neighbours: one read, one job and one piece of memory for some megabytes. Tree pages stay apart, because the walk
 * has read most of them.
 */
export function planLoads(frames: readonly SizedFrame[], maxBytes: number): Load[] {
  const packs = new Map<string, SizedFrame[]>();
  for (const frame of frames) {
    const ofPack = packs.get(frame.pack.objectName) ?? [];
    packs.set(frame.pack.objectName, ofPack);
    ofPack.push(frame);
  }
  const loads: Load[] = [];
  for (const ofPack of packs.values()) {
    let length = 0;
    for (const frame of ofPack.sort((a, b) => a.frame - b.frame)) {
      const isRun = frame.isWhole && frame.pack.type === 'data' && frame.sealedLength <= maxBytes;
      const last = loads.at(-1);
      const joins =
        isRun && last?.isRun && isNext(last.frames.at(-1)!, frame) && length + frame.sealedLength <= maxBytes;
      if (joins) {
        last.frames.push(frame);
        last.bytes += frame.bytes;
        length += frame.sealedLength;
      } else {
        loads.push({ frames: [frame], bytes: frame.bytes, isRun });
        length = frame.sealedLength;
      }
    }
  }
  return loads;
}

function isNext(before: SizedFrame, after: SizedFrame): boolean {
  return before.pack.objectName === after.pack.objectName && before.frame + 1 === after.frame;
}
