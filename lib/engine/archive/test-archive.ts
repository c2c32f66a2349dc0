import { eq, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { backupPoints, packs, vaults } from '@/db/schema';
import { type Address, backUp, type Files, type World } from '@/lib/engine/transfer/test-world';

export const dayMs = 86_400_000;

/** A point of forty days ago that is kept for a year more. */
export function backUpOld(
  world: Pick<World, 'environment'>,
  address: Address,
  files: Files,
  given: Parameters<typeof backUp>[3] = {},
): Promise<string> {
  const createdAt = new Date(Date.now() - 40 * dayMs);
  const expiresAt = new Date(Date.now() + 365 * dayMs);
  return backUp(world, address, files, { createdAt, expiresAt, retentionDays: 405, ...given });
}

/** The time of a point's archiving has come. */
export async function callForArchiving(owner: Database, pointId: string, archiveVaultId?: string) {
  await owner
    .update(backupPoints)
    .set({ archiveAt: sql`now()`, archiveVaultId: archiveVaultId ?? null })
    .where(eq(backupPoints.id, pointId));
}

export async function pointOf(owner: Database, id: string) {
  const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, id));
  return point;
}

export async function vaultOf(owner: Database, id: string) {
  const [vault] = await owner.select().from(vaults).where(eq(vaults.id, id));
  return vault!;
}

/** Sealed bytes by tier, summed over the rows of packs. */
export async function storedByTier(owner: Database, vaultId: string) {
  const rows = await owner.execute<{ tier: 'standard' | 'archive'; bytes: number }>(sql`
    select s.tier, coalesce(sum(p.size_bytes), 0)::float8 as bytes
    from chunk_spaces s left join ${packs} p on p.space_no = s.space_no where s.vault_id = ${vaultId} group by s.tier`);
  const sums = { standard: 0, archive: 0 };
  for (const { tier, bytes } of rows) sums[tier] = bytes;
  return sums;
}
