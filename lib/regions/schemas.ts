import { z } from 'zod';

export const Region = z.object({
  id: z.string(),
  name: z.string(),
  zones: z.number().int(),
  zoneRedundancy: z.boolean(),
  vaultReplication: z.boolean(),
});
export type Region = z.infer<typeof Region>;

/** How many zones the engine keeps a vault in. A region never claims more copies than there are. */
export const storageZones: number = 1;

/** The built-in list; `true` marks the regions that can have several zones. */
export const regions: readonly Region[] = [
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
].map(([id, name, hasZones]) => ({
  id: id as string,
  name: name as string,
  zones: hasZones ? storageZones : 1,
  zoneRedundancy: hasZones === true && storageZones > 1,
  vaultReplication: true,
}));

export const defaultRegion = 'cn-hangzhou';

export function findRegion(id: string): Region | null {
  return regions.find((region) => region.id === id) ?? null;
}

/** `China (Hangzhou)`; the id of a region that is not in the list. */
export function regionName(id: string): string {
  return findRegion(id)?.name ?? id;
}
