import { and, eq } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { kmsKeys } from '@/db/schema';
import { writeAudit } from '@/lib/verb';
import { engineContext } from './engine-context';
import type { VaultEnvironment } from './environment';
import { sealKeyMaterial } from './wrapping-key';

/** `creating` → `enabled`: makes the key's material, sealed under the service key. Repeatable. */
export async function createKeyMaterial(
  environment: VaultEnvironment,
  { accountId, keyId }: { accountId: string; keyId: string },
): Promise<void> {
  const ctx = engineContext(environment.db, accountId);
  const wrappedMaterial = sealKeyMaterial(environment.serviceKey, accountId, keyId);
  await inAccount(environment.db, accountId, async (tx) => {
    const moved = await tx
      .update(kmsKeys)
      .set({ state: 'enabled', wrappedMaterial })
      .where(and(eq(kmsKeys.accountId, accountId), eq(kmsKeys.id, keyId), eq(kmsKeys.state, 'creating')))
      .returning({ alias: kmsKeys.alias });
    if (!moved[0]) return;
    await writeAudit(ctx, tx, 'keys.material_created', {
      resourceKind: 'kms_key',
      resourceId: keyId,
      resourceName: moved[0].alias ?? keyId,
      after: { state: 'enabled' },
    });
  });
}
