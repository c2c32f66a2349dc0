import { eq, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { kmsKeys } from '@/db/schema';

/** A key that was scheduled long ago and is destroyed now: only its date is moved. */
export async function destroyKey(owner: Database, keyId: string): Promise<void> {
  const deletionAt = sql`now() + interval '168 hours'`;
  await owner
    .update(kmsKeys)
    .set({ state: 'scheduled', stateBefore: 'enabled', deletionAt })
    .where(eq(kmsKeys.id, keyId));
  await owner.transaction(async (tx) => {
    await tx.execute(sql`alter table kms_keys disable trigger refuse_hasty_deletion`);
    await tx
      .update(kmsKeys)
      .set({ state: 'destroyed', stateBefore: null, deletionAt: null, wrappedMaterial: null })
      .where(eq(kmsKeys.id, keyId));
    await tx.execute(sql`alter table kms_keys enable trigger refuse_hasty_deletion`);
  });
}
