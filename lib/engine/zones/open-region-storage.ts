import type { Database } from '@/db/client';
import { folderZone, type RegionStorage, type ZonePlace, zonedStorage } from '@/lib/engine/vaults';
import type { RegionsFile, ZoneEntry } from '@/lib/regions';
import type { BucketOptions } from './bucket-zone';
import { probeFolder, type ZoneProbe } from './probe-zone';
import { ZoneMarker } from './zone-marker';

/** A zone of the regions file, open: a place for vaults, and how to look whether it is there. */
export interface OpenZone extends ZonePlace {
  region: string;
  medium: 'folder' | 'bucket';
  probe(isKnown: boolean): Promise<ZoneProbe>;
}

export interface OpenRegions {
  storage: RegionStorage;
  zones: readonly OpenZone[];
}

/** Opens the zones of all regions. Nothing is touched until one is used or probed. */
export async function openRegions(
  db: Database,
  file: RegionsFile,
  options: BucketOptions,
): Promise<OpenRegions> {
  const hasBuckets = file.regions.some(({ zones }) => zones.some((zone) => 's3' in zone));
  // The S3 client takes memory and time that an installation on folders does not spend.
  const buckets = hasBuckets ? await import('./bucket-zone') : null;
  const open = (region: string, zone: ZoneEntry): OpenZone =>
    's3' in zone
      ? buckets!.openBucketZone(region, zone.id, zone.s3, options)
      : openFolderZone(region, zone.id, zone.folder);
  const byRegion = new Map(
    file.regions.map(({ id, zones }) => [id, zones.map((zone) => open(id, zone))] as const),
  );
  return {
    storage: zonedStorage(db, (region) => byRegion.get(region) ?? []),
    zones: [...byRegion.values()].flat(),
  };
}

function openFolderZone(region: string, id: string, folder: string): OpenZone {
  const marker = new ZoneMarker(id, folder);
  return {
    ...folderZone(id, folder, (store) => marker.guard(store)),
    region,
    medium: 'folder',
    probe: (isKnown) => probeFolder(folder, marker, isKnown),
  };
}
