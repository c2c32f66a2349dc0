import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Env } from '@/lib/env';
import { builtInRegions } from './built-in';
import { learnDiskPlaces } from './disk-places';
import { type RegionEntry, RegionsFile } from './region-file';
import { type KnownRegions, learnRegions, type Region } from './schemas';

/** The operator's regions, or the built-in ones. Throws with every field that is wrong, by its place in the file. */
export function loadRegionsFile({
  regionsFile,
  dataFolder,
}: Pick<Env, 'regionsFile' | 'dataFolder'>): RegionsFile {
  if (!regionsFile) return builtInRegions(join(dataFolder, 'regions'));
  const parsed = RegionsFile.safeParse(readJson(regionsFile));
  if (!parsed.success)
    throw new Error(`The regions file ${regionsFile} is not usable.\n${z.prettifyError(parsed.error)}`);
  return inFolder(parsed.data, dirname(regionsFile));
}

/** Of a region whose file names none. */
const defaultPool = 'default';

/** What everybody may know of the regions; tells it to this process. */
export function loadRegions(env: Pick<Env, 'regionsFile' | 'dataFolder'>): RegionsFile {
  const file = loadRegionsFile(env);
  learnRegions(describeRegions(file));
  learnDiskPlaces({
    machines: join(env.dataFolder, 'machines'),
    regions: new Map(
      file.regions.map(({ id, diskPools, diskImports }) => [
        id,
        { pools: poolsOf(id, diskPools, env.dataFolder), imports: diskImports },
      ]),
    ),
  });
  return file;
}

function poolsOf(region: string, pools: RegionEntry['diskPools'], dataFolder: string) {
  return pools.length > 0 ? pools : [{ id: defaultPool, folder: join(dataFolder, 'disks', region) }];
}

export function describeRegions(file: RegionsFile): KnownRegions {
  const regions = file.regions.map(
    ({ id, name, zones, vaultReplication, backupSharing, sourceKinds, diskPools, diskImports }): Region => ({
      id,
      name,
      zones: zones.length,
      zoneIds: zones.map((zone) => zone.id),
      zoneRedundancy: zones.length > 1,
      vaultReplication,
      backupSharing,
      sourceKinds,
      diskPools: diskPools.length > 0 ? diskPools.map((pool) => pool.id) : [defaultPool],
      hasDiskImports: diskImports.length > 0,
    }),
  );
  return { regions, defaultRegion: file.defaultRegion ?? regions[0]!.id };
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`The regions file ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, {
      cause,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`The regions file ${path} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Paths in the file are meant from where it lies. */
function inFolder(file: RegionsFile, folder: string): RegionsFile {
  const from = (path: string) => resolve(folder, path);
  const regions = file.regions.map((region) => ({
    ...region,
    diskPools: region.diskPools.map((pool) => ({ ...pool, folder: from(pool.folder) })),
    diskImports: region.diskImports.map(from),
    zones: region.zones.map((zone) => {
      if ('folder' in zone) return { ...zone, folder: from(zone.folder) };
      const { caFile, credentials } = zone.s3;
      const key = 'file' in credentials ? { file: from(credentials.file) } : credentials;
      return { ...zone, s3: { ...zone.s3, credentials: key, ...(caFile && { caFile: from(caFile) }) } };
    }),
  }));
  return { ...file, regions };
}
