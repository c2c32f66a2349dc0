import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { resourceShares, resourceShareVaults } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { lockShare, lockSharedVault, type ShareRow, toResourceShare } from './internal';
import { inviteAccounts, requirePrincipals } from './invite-accounts';
import { sharingRefusal } from './rules';
import { ShareVault } from './schemas';

/**
 * Puts a replication target vault into a resource share: an existing one, whose accepted accounts see it at once, or
 * a new one, whose accounts are invited.
 */
export const shareVault = writeVerb({
  action: 'resource_shares.add_vault',
  permission: 'shares.manage',
  input: ShareVault,
  async run({ ctx, tx, input, now, audit }) {
    // The vault before the share: the order in which the deletion of a vault takes them.
    const vault = await lockSharedVault(tx, ctx.accountId, input.vaultId);
    const refusal = sharingRefusal(vault);
    if (refusal) throw refusal;
    const share =
      input.mode === 'existing'
        ? await lockShare(tx, ctx.accountId, input.shareId)
        : await createShare(tx, ctx.accountId, input, now);
    const added = await tx
      .insert(resourceShareVaults)
      .values({ accountId: ctx.accountId, shareId: share.id, vaultId: vault.id, createdAt: now })
      .onConflictDoNothing()
      .returning({ vaultId: resourceShareVaults.vaultId });
    if (added.length === 0) {
      throw new CrossvaultError(
        'already_exists',
        `The vault is in the resource share ${share.name} already.`,
        {
          fields: { shareId: 'The vault is in this resource share already.' },
          reason: 'vault_shared_already',
        },
      );
    }
    const invited = input.mode === 'new' ? input.principals.map((principal) => principal.id) : [];
    await inviteAccounts(tx, share, invited, vault.region, now);
    await audit({
      resourceKind: 'resource_share',
      resourceId: share.id,
      resourceName: share.name,
      after: {
        vaultId: vault.id,
        vaultName: vault.name,
        invitedAccounts: invited,
        isNew: input.mode === 'new',
      },
    });
    return toResourceShare(tx, share, now);
  },
});

type NewShare = Extract<z.output<typeof ShareVault>, { mode: 'new' }>;

async function createShare(tx: Tx, accountId: string, input: NewShare, now: Date): Promise<ShareRow> {
  if (input.principalScope === 'directory_only') {
    const why = 'This account is in no resource directory yet. Choose sharing with any account.';
    throw new CrossvaultError('not_eligible', why, {
      fields: { principalScope: why },
      reason: 'no_directory',
    });
  }
  await requirePrincipals(
    tx,
    accountId,
    input.principals.map((principal) => principal.id),
    (index) => `principals.${index}.id`,
  );
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
  if (share) return share;
  throw new CrossvaultError('already_exists', `A resource share named ${input.name} exists already.`, {
    fields: { name: 'Another resource share has this name.' },
    reason: 'name_taken',
  });
}
