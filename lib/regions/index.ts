export { listRegions } from './list-regions';
export { defaultRegion, findRegion, type Region, regions } from './schemas';
