import { and, eq, sql } from 'drizzle-orm';
import { vaults, verifications } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError, notFound } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { toVerification } from './get-vault-storage';
import { StartVerification, type Verification } from './schemas';

/** Asks for every byte of a vault to be read, opened and hashed now. One verification of a vault runs at a time. */
export const startVerification = writeVerb({
  action: 'verifications.start',
  permission: 'vaults.manage',
  input: StartVerification,
  async run({ ctx, tx, input, now, audit }): Promise<Verification> {
    const [vault] = await tx
      .select({ id: vaults.id, name: vaults.name, status: vaults.status })
      .from(vaults)
      .where(and(eq(vaults.id, input.vaultId), eq(vaults.accountId, ctx.accountId)));
    if (!vault) throw notFound('vault');
    if (vault.status === 'initializing' || vault.status === 'deleting')
      throw conflict('The vault is not in use.', `vault_${vault.status}`);
    // A scheduled one that has not begun makes way: this one reads all that it would.
    await tx
      .update(verifications)
      .set({ state: 'cancelled', finishedAt: now, nextPieceAt: null })
      .where(
        and(
          eq(verifications.vaultId, vault.id),
          eq(verifications.scope, 'due'),
          sql`state in ('queued', 'running')`,
        ),
      );
    const { accountId } = ctx;
    const [made] = await tx
      .insert(verifications)
      .values({
        accountId,
        vaultId: vault.id,
        id: newId('vf'),
        scope: 'all',
        nextPieceAt: sql`now()`,
        createdBy: ctx.actor.name,
        createdAt: now,
      })
      .onConflictDoNothing()
      .returning();
    if (!made)
      throw conflict(
        'This vault is being verified already. Wait until that is done.',
        'verification_running',
      );
    await audit({
      resourceKind: 'vault',
      resourceId: vault.id,
      resourceName: vault.name,
      after: { verificationId: made.id },
    });
    await tx.execute(sql`select wake_ticker(${accountId})`);
    return toVerification(made);
  },
});

function conflict(message: string, reason: string): CrossvaultError {
  return new CrossvaultError('state_conflict', message, { reason });
}
