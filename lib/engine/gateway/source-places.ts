import type { Tx } from '@/db/client';
import { findDisksPlace } from '@/lib/disks';
import { findMountPlace } from '@/lib/file-systems';
import type { SourceConfig } from '@/lib/sources/schemas';

/** What the operator registered for a source: host paths of the engine's machine, which no tenant names or sees. */
export async function findPlace(
  tx: Tx,
  accountId: string,
  config: SourceConfig,
): Promise<Record<string, string> | null> {
  if (config.kind === 'disk') return findDisksPlace(tx, accountId, config.diskId);
  if (config.kind === 'server') return findDisksPlace(tx, accountId, config.serverId);
  if (config.kind !== 'nas' && config.kind !== 'cpfs') return null;
  return findMountPlace(tx, accountId, { id: config.fileSystemId, kind: config.kind });
}
