import type { Database } from '@/db/client';
import { folderZone, type RegionStorage, type ZonePlace, zonedStorage } from '@/lib/engine/vaults';
import type { RegionsFile, ZoneEntry } from '@/lib/regions';
import { type BucketOptions, openBucketZone } from './bucket-zone';
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
export function openRegions(db: Database, file: RegionsFile, options: BucketOptions): OpenRegions {
  const byRegion = new Map(
    file.regions.map(({ id, zones }) => [id, zones.map((zone) => openZone(id, zone, options))] as const),
  );
  return {
    storage: zonedStorage(db, (region) => byRegion.get(region) ?? []),
    zones: [...byRegion.values()].flat(),
  };
}

function openZone(region: string, zone: ZoneEntry, options: BucketOptions): OpenZone {
  if ('s3' in zone) return openBucketZone(region, zone.id, zone.s3, options);
  const marker = new ZoneMarker(zone.id, zone.folder);
  return {
    ...folderZone(zone.id, zone.folder, (store) => marker.guard(store)),
    region,
    medium: 'folder',
    probe: (isKnown) => probeFolder(zone.folder, marker, isKnown),
  };
}
