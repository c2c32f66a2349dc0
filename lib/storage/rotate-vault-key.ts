import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { vaultKeys, vaults } from '@/db/schema';
import { CrossvaultError, notFound } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { RotateVaultKey, type VaultStorage } from './schemas';

/** Asks for a new version of a vault's key. New data is sealed under it; what is there stays readable under its own. */
export const rotateVaultKey = writeVerb({
  action: 'vaults.rotate_key',
  permission: 'keys.manage',
  input: RotateVaultKey,
  async run({ ctx, tx, input, now, audit }): Promise<VaultStorage['key']> {
    const own = and(eq(vaults.id, input.vaultId), eq(vaults.accountId, ctx.accountId));
    const [vault] = await tx.select().from(vaults).where(own).for('update');
    if (!vault) throw notFound('vault');
    if (vault.status !== 'created') {
      throw new CrossvaultError(
        'state_conflict',
        'The key of a vault is renewed while the vault can be used.',
        {
          reason: `vault_${vault.status}`,
        },
      );
    }
    const asked = await tx
      .update(vaults)
      .set({ keyRotationAt: now })
      .where(and(own, isNull(vaults.keyRotationAt)))
      .returning({ id: vaults.id });
    if (asked.length === 0) {
      throw new CrossvaultError('state_conflict', 'A new version of this key is being made already.', {
        reason: 'key_rotating',
      });
    }
    const [key] = await tx
      .select()
      .from(vaultKeys)
      .where(eq(vaultKeys.vaultId, vault.id))
      .orderBy(desc(vaultKeys.version))
      .limit(1);
    const version = key?.version ?? 0;
    await audit({
      resourceKind: 'vault',
      resourceId: vault.id,
      resourceName: vault.name,
      before: { keyVersion: version },
      after: { keyVersion: version + 1 },
    });
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    return { version, madeAt: key?.createdAt.toISOString() ?? null, isRotating: true };
  },
});
