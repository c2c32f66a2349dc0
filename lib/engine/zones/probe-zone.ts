import { createHash } from 'node:crypto';
import { access, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { markerName, markZone, type ZoneMarker } from './zone-marker';

/** What a look at a zone tells; an error in its place means that the zone is away. */
export interface ZoneProbe {
  /** The same for zones on one disk, or at one endpoint; tells nothing else. */
  device: string;
  capacityBytes: number | null;
  freeBytes: number | null;
}

/** @param isKnown the zone was there before: then it is not made anew. */
export async function probeFolder(folder: string, marker: ZoneMarker, isKnown: boolean): Promise<ZoneProbe> {
  const isMarked = await access(join(folder, markerName)).then(
    () => true,
    () => false,
  );
  if (!isMarked && !isKnown) await markZone(folder);
  await marker.require();
  const [{ dev }, space] = [await stat(folder), await statfs(folder)];
  return {
    device: hashOf(`disk ${dev}`),
    capacityBytes: space.blocks * space.bsize,
    freeBytes: space.bavail * space.bsize,
  };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
