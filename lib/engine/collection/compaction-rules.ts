import type { PackRef } from '@/lib/engine/core';

export interface SettledPack {
  packNo: number;
  spaceNo: number;
  ref: PackRef;
  sizeBytes: number;
  /** Of all its chunks when it was written, and of those that the index still finds in it. Before compression. */
  plainBytes: number;
  livingBytes: number;
}

/** A pack with a larger dead share is written anew: a vault then holds at most a quarter more than what is alive. */
const maxDeadShare = 0.2;
/** Smaller packs cost a store more by their number than by their bytes. */
const smallPackBytes = 1024 * 1024;
/** So many small ones of one kind are merged: each is written anew about once in its life, not with every collection. */
const mergeFrom = 32;

/** The packs that are worth writing anew. What is freed is at least a quarter of what is read and written for it. */
export function choosePacks(packs: readonly SettledPack[]): SettledPack[] {
  const chosen = packs.filter(isWasteful);
  for (const lane of byLane(packs.filter((pack) => pack.sizeBytes < smallPackBytes && !isWasteful(pack)))) {
    if (lane.length >= mergeFrom) chosen.push(...lane);
  }
  return chosen.sort((a, b) => a.packNo - b.packNo);
}

function isWasteful({ plainBytes, livingBytes }: SettledPack): boolean {
  return livingBytes < plainBytes * (1 - maxDeadShare);
}

/** By space and type of chunk: what goes into one pack. */
export function byLane(packs: readonly SettledPack[]): SettledPack[][] {
  const lanes = new Map<string, SettledPack[]>();
  for (const pack of packs) {
    const key = `${pack.spaceNo} ${pack.ref.type}`;
    const lane = lanes.get(key) ?? [];
    lanes.set(key, lane);
    lane.push(pack);
  }
  return [...lanes.values()];
}
