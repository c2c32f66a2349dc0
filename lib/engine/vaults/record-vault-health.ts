import { and, eq } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { notifications, vaults } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { writeAudit } from '@/lib/verb';
import { engineContext } from './engine-context';
import type { VaultEnvironment } from './environment';
import type { VaultRow } from './vault-row';

/**
 * Writes down what opening or using a vault met: null for a success. Errors that say nothing about the vault itself
 * are rethrown. @returns the reason that stands in the row.
 */
export async function recordVaultHealth(
  environment: VaultEnvironment,
  row: Pick<VaultRow, 'accountId' | 'id' | 'name' | 'status'>,
  error: unknown,
): Promise<string | null> {
  const reason = error === null ? null : explain(error);
  const status = reason === null ? 'created' : 'error';
  await inAccount(environment.db, row.accountId, async (tx) => {
    const moved = await tx
      .update(vaults)
      .set({ status, statusReason: reason })
      .where(and(eq(vaults.id, row.id), eq(vaults.status, row.status)))
      .returning({ id: vaults.id });
    if (!moved[0] || row.status === status) return;
    await writeAudit(
      engineContext(environment.db, row.accountId),
      tx,
      `vaults.${status === 'error' ? 'failed' : 'recovered'}`,
      {
        resourceKind: 'vault',
        resourceId: row.id,
        resourceName: row.name,
        before: { status: row.status },
        after: { status, statusReason: reason },
      },
    );
    await tx.insert(notifications).values({
      accountId: row.accountId,
      id: newId('n'),
      kind: status === 'error' ? 'vault_error' : 'vault_recovered',
      severity: status === 'error' ? 'error' : 'success',
      title: status === 'error' ? `${row.name} cannot be used` : `${row.name} can be used again`,
      body: reason ?? '',
    });
  });
  return reason;
}

function explain(error: unknown): string {
  const isAboutVault =
    error instanceof CrossvaultError &&
    ['key_unavailable', 'storage_unavailable', 'corrupt_data', 'not_found', 'already_exists'].includes(
      error.code,
    );
  if (!isAboutVault) throw error;
  return error.code === 'storage_unavailable'
    ? `${error.message} Nothing is lost by waiting: it is looked at again every minute.`
    : error.message;
}
