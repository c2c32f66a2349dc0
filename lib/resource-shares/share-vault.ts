import { writeVerb } from '@/lib/verb';
import { lockSharedVault } from './internal';
import { putIntoShare } from './put-into-share';
import { ShareVault } from './schemas';
import { associateVault } from './share-vaults';

/**
 * Puts a replication target vault into a resource share: an existing one, whose principals see it at once, or a new one,
 * whose principals outside the directory are invited.
 */
export const shareVault = writeVerb({
  action: 'resource_shares.add_vault',
  permission: 'shares.manage',
  input: ShareVault,
  async run(args) {
    // The vault before the directory and the share: the order in which the deletion of a vault takes them.
    const vault = await lockSharedVault(args.tx, args.ctx.accountId, args.input.vaultId);
    return putIntoShare(args, {
      associate: (share) => associateVault(args.tx, share, vault, args.now),
      added: { vaultId: vault.id, vaultName: vault.name },
    });
  },
});
