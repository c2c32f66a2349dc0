import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { resourceShares } from '@/db/schema';
import { newId } from '@/lib/context';
import { findDirectory, sharingUse } from '@/lib/directory';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { associatePrincipals, listGrantees, tellNewcomers } from './associate';
import { getAccountName, lockShare, lockSharedVault, type ShareRow } from './internal';
import { type ResolvedPrincipal, resolvePrincipals } from './resolve-principals';
import { ShareVault } from './schemas';
import { associateVault } from './share-vaults';
import { toResourceShare } from './to-resource-share';

/**
 * Puts a replication target vault into a resource share: an existing one, whose principals see it at once, or a new one,
 * whose principals outside the directory are invited.
 */
export const shareVault = writeVerb({
  action: 'resource_shares.add_vault',
  permission: 'shares.manage',
  input: ShareVault,
  async run({ ctx, tx, input, now, audit }) {
    // The vault before the directory and the share: the order in which the deletion of a vault takes them.
    const vault = await lockSharedVault(tx, ctx.accountId, input.vaultId);
    await tx.execute(sql`select hold_my_directory()`);
    const made = input.mode === 'new' ? await createShare(tx, ctx.accountId, input, now) : null;
    const share =
      made?.share ?? (await lockShare(tx, ctx.accountId, input.mode === 'existing' ? input.shareId : ''));
    const before = await listGrantees(tx, share.id);
    await associateVault(tx, share, vault, now);
    await associatePrincipals(tx, share, made?.principals ?? [], now);
    if (!made) await tellNewcomers(tx, share, { ownerName: await getAccountName(tx, ctx.accountId), before });
    await audit({
      resourceKind: 'resource_share',
      resourceId: share.id,
      resourceName: share.name,
      after: {
        vaultId: vault.id,
        vaultName: vault.name,
        addedPrincipals: made?.principals ?? [],
        isNew: made !== null,
      },
    });
    return toResourceShare(tx, share, now);
  },
});

type NewShare = Extract<z.output<typeof ShareVault>, { mode: 'new' }>;

async function createShare(
  tx: Tx,
  accountId: string,
  input: NewShare,
  now: Date,
): Promise<{ share: ShareRow; principals: ResolvedPrincipal[] }> {
  if (input.principalScope === 'directory_only') await requireDirectoryScope(tx, accountId);
  const principals = await resolvePrincipals(tx, {
    accountId,
    scope: input.principalScope,
    principals: input.principals,
    field: (index) => `principals.${index}.id`,
  });
  const [share] = await tx
    .insert(resourceShares)
    .values({
      accountId,
      id: newId('rs'),
      name: input.name,
      principalScope: input.principalScope,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning();
  if (share) return { share, principals };
  throw shareNameTaken(input.name);
}

async function requireDirectoryScope(tx: Tx, accountId: string): Promise<void> {
  const use = sharingUse(await findDirectory(tx, accountId));
  if (use.isUsable) return;
  throw new CrossvaultError('not_eligible', use.explanation, {
    fields: { principalScope: use.explanation },
    reason: use.reason,
  });
}

export function shareNameTaken(name: string): CrossvaultError {
  return new CrossvaultError('already_exists', `A resource share named ${name} exists already.`, {
    fields: { name: 'Another resource share has this name.' },
    reason: 'name_taken',
  });
}
