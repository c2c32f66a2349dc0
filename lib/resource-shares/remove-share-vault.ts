import { writeVerb } from '@/lib/verb';
import { endVault } from './disassociate';
import { removeFromShare } from './end-access';
import { RemoveShareVault } from './schemas';

/** Takes a vault out of a share; replications into it that rest on this share stand still. The vault stays. */
export const removeShareVault = writeVerb({
  action: 'resource_shares.remove_vault',
  permission: 'shares.manage',
  activity: 'stop',
  input: RemoveShareVault,
  async run(args) {
    const { vaultId } = args.input;
    return removeFromShare(args, {
      noun: 'vault',
      why: ({ name }) => `The vault was taken out of the resource share ${name}.`,
      end: (tx, share) => endVault(tx, share, vaultId, args.now),
      before: { vaultId },
    });
  },
});
