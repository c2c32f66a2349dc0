export { type DiskPlaces, diskFile, diskPlaces, machineFolder, prepareDiskFile } from './disk-places';
export { listRegions } from './list-regions';
export { describeRegions, loadRegions, loadRegionsFile } from './load-regions';
export type { BucketEntry, RegionsFile, ZoneEntry } from './region-file';
export { requireRegion, requireSourceKind } from './rules';
export { defaultRegionId, findRegion, knownRegions, type Region } from './schemas';
