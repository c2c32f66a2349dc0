import { borg, findBorg } from './borg';
import type { ContenderFactory } from './contender';
import { packsCopy } from './packs-copy';
import { plainCopy } from './plain-copy';
import { findRclone, rcloneSync } from './rclone';
import { findRestic, restic } from './restic';

export interface Peers {
  present: ContenderFactory[];
  /** By name; what each says of itself. */
  versions: Record<string, string>;
  /** Names of those that are not installed. */
  absent: string[];
}

/** @param packsFolder the packs that a replication of the run under way copies */
export async function findPeers(packsFolder: () => string): Promise<Peers> {
  const tools: [ContenderFactory, string | null][] = [
    [restic, (await findRestic())?.version ?? null],
    [borg, await findBorg()],
    [rcloneSync(packsFolder), await findRclone()],
  ];
  const found = tools.filter(([, version]) => version !== null);
  return {
    present: [plainCopy(packsFolder), packsCopy(packsFolder), ...found.map(([factory]) => factory)],
    versions: Object.fromEntries(found.map(([{ name }, version]) => [name, version!])),
    absent: tools.filter(([, version]) => version === null).map(([{ name }]) => name),
  };
}
