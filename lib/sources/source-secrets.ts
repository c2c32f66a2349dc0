import { eq, sql } from 'drizzle-orm';
import type { Database, Tx } from '@/db/client';
import { sealingKeys, sourceSecrets } from '@/db/schema';
import type { WrappingKey } from '@/lib/engine/core/service-key';
import { CrossvaultError } from '@/lib/errors';
import { openSecret, type SecretOwner, sealingKeyOf, sealSecret } from './sealed-secret';

/** Tells web servers what to seal with. The engine does so at each start, so a new service key is known at once. */
export async function tellSealingKey(db: Database, serviceKey: WrappingKey): Promise<void> {
  const publicKey = sealingKeyOf(serviceKey);
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('sealing_keys'))`);
    await tx
      .update(sealingKeys)
      .set({ isCurrent: false })
      .where(sql`${sealingKeys.isCurrent} and ${sealingKeys.label} <> ${serviceKey.label}`);
    await tx
      .insert(sealingKeys)
      .values({ label: serviceKey.label, publicKey, isCurrent: true })
      .onConflictDoUpdate({ target: sealingKeys.label, set: { isCurrent: true, toldAt: sql`now()` } });
  });
}

/** @throws `unavailable` until an engine has started once. */
export async function sealForEngine(tx: Tx, owner: SecretOwner, secret: unknown): Promise<Buffer> {
  const [key] = await tx.select().from(sealingKeys).where(eq(sealingKeys.isCurrent, true));
  if (!key) {
    throw new CrossvaultError(
      'unavailable',
      'The engine has not started yet, so a secret cannot be kept. Nothing was changed.',
    );
  }
  return sealSecret(key.publicKey, owner, secret);
}

/** A source's secret, for the engine alone; null where it has none. @throws `key_unavailable`, `corrupt_data`. */
export async function findSourceSecret(
  tx: Tx,
  serviceKey: WrappingKey,
  owner: SecretOwner,
): Promise<Record<string, unknown> | null> {
  const [row] = await tx.select().from(sourceSecrets).where(eq(sourceSecrets.sourceId, owner.id));
  return row ? openSecret(serviceKey, owner, row.sealed) : null;
}

/** Seals every source's secret for the newest service key. @param owner a connection that no wall binds. */
export async function resealSourceSecrets(owner: Database, serviceKey: WrappingKey): Promise<number> {
  const rows = await owner.select().from(sourceSecrets);
  for (const { accountId, sourceId, sealed } of rows) {
    const of = { accountId, id: sourceId };
    const fresh = sealSecret(sealingKeyOf(serviceKey), of, openSecret(serviceKey, of, sealed));
    await owner.update(sourceSecrets).set({ sealed: fresh }).where(eq(sourceSecrets.sourceId, sourceId));
  }
  return rows.length;
}
