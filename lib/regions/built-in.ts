import { offerableSources, type RegionEntry, type RegionsFile } from './region-file';

/** With `true`, regions that support zone redundancy. */
const places: readonly [id: string, name: string, hasZones: boolean][] = [
  ['cn-hangzhou', 'China (Hangzhou)', true],
  ['cn-shanghai', 'China (Shanghai)', true],
  ['cn-beijing', 'China (Beijing)', true],
  ['cn-zhangjiakou', 'China (Zhangjiakou)', true],
  ['cn-wulanchabu', 'China (Ulanqab)', true],
  ['cn-shenzhen', 'China (Shenzhen)', true],
  ['cn-hongkong', 'China (Hong Kong)', true],
  ['ap-northeast-1', 'Japan (Tokyo)', true],
  ['ap-southeast-1', 'Singapore', true],
  ['ap-southeast-5', 'Indonesia (Jakarta)', true],
  ['eu-central-1', 'Germany (Frankfurt)', true],
  ['ap-southeast-3', 'Malaysia (Kuala Lumpur)', true],
  ['cn-chengdu', 'China (Chengdu)', false],
  ['eu-west-1', 'UK (London)', false],
  ['us-east-1', 'US (Virginia)', false],
  ['us-west-1', 'US (Silicon Valley)', false],
];

/** The regions of an installation without a file of its own: folders `<folder>/<region>/<zone>`. */
export function builtInRegions(folder: string): RegionsFile {
  return {
    defaultRegion: 'cn-hangzhou',
    regions: places.map(
      ([id, name, hasZones]): RegionEntry => ({
        id,
        name,
        zones: (hasZones ? ['a', 'b'] : ['a']).map((zone) => ({
          id: zone,
          folder: `${folder}/${id}/${zone}`,
        })),
        vaultReplication: true,
        backupSharing: true,
        sourceKinds: [...offerableSources],
        diskPools: [],
        diskImports: [],
      }),
    ),
  };
}
