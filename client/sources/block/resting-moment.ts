import { openDisk } from '@/lib/engine/core/disk';
import type { ChangedRanges } from './block-map';
import type { DiskMark } from './parent-map';
import type { PlacedDisk } from './place';
import type { Moment, MomentDisk } from './running-moment';

const nothingChanged: ChangedRanges = { any: () => false };

/**
 * Disks that no machine writes to. One whose generation is the parent's has not been written to since; of any other it is
 * not known what changed.
 */
export async function openResting(
  disks: readonly PlacedDisk[],
  parents: ReadonlyMap<string, { mark: DiskMark }>,
): Promise<Moment> {
  const opened: MomentDisk[] = [];
  const close = async () => {
    await Promise.all(opened.map(({ device }) => device.close()));
  };
  try {
    for (const { file, format, path, diskId, generation } of disks) {
      const mark = parents.get(path)?.mark;
      const isSame = mark?.diskId === diskId && mark.generation === generation;
      opened.push({ device: await openDisk(file, format), changed: isSame ? nothingChanged : null });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { disks: opened, bitmap: null, end: close };
}
