import { derivedPointId } from '@/lib/engine/transfer/derived-point-id';

/** The id of a point in the archive vault it moves to. */
export function targetPointId(pointId: string, archiveVaultId: string): string {
  return derivedPointId(`archived ${pointId} ${archiveVaultId}`);
}
