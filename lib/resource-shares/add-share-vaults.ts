import { writeVerb } from '@/lib/verb';
import { lockSharedVault } from './internal';
import { addToShare } from './put-into-share';
import { AddShareVaults } from './schemas';
import { associateVault } from './share-vaults';

/** Puts up to five vaults into a share; whoever has accepted it sees them at once. */
export const addShareVaults = writeVerb({
  action: 'resource_shares.add_vaults',
  permission: 'shares.manage',
  input: AddShareVaults,
  async run(args) {
    const { ctx, tx, input, now } = args;
    const vaults: Awaited<ReturnType<typeof lockSharedVault>>[] = [];
    // Vaults before the share, in one order: as the deletion of a vault takes them.
    for (const id of [...new Set(input.vaultIds)].sort()) {
      vaults.push(await lockSharedVault(tx, ctx.accountId, id));
    }
    return addToShare(args, {
      associate: async (share) => {
        for (const vault of vaults) await associateVault(tx, share, vault, now);
      },
      added: { addedVaults: vaults.map(({ id, name }) => ({ id, name })) },
    });
  },
});
