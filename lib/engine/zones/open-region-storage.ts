import type { Database } from '@/db/client';
import { folderZone, type RegionStorage, type ZonePlace, zonedStorage } from '@/lib/engine/vaults';
import type { RegionsFile, ZoneEntry } from '@/lib/regions';
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
export function openRegions(db: Database, file: RegionsFile): OpenRegions {
  const byRegion = new Map(
    file.regions.map(({ id, zones }) => [id, zones.map((zone) => openZone(id, zone))] as const),
  );
  return {
    storage: zonedStorage(db, (region) => byRegion.get(region) ?? []),
    zones: [...byRegion.values()].flat(),
  };
}

function openZone(region: string, zone: ZoneEntry): OpenZone {
  if ('s3' in zone) throw new Error(`The zone ${zone.id} of ${region}: buckets are not served yet.`);
  const marker = new ZoneMarker(zone.id, zone.folder);
  return {
    ...folderZone(zone.id, zone.folder, (store) => marker.guard(store)),
    region,
    medium: 'folder',
    probe: (isKnown) => probeFolder(zone.folder, marker, isKnown),
  };
}
