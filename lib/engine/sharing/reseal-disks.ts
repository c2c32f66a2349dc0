import type { VaultEnvironment } from '@/lib/engine/vaults';
import type { ClaimedCopy, CopiedPointRow } from './claim';

type Resource = CopiedPointRow['resource'];

/** What the backup says of its disks. */
export async function resealDisks(
  _environment: VaultEnvironment,
  _claimed: ClaimedCopy,
  resource: Resource,
): Promise<Resource> {
  return resource;
}
